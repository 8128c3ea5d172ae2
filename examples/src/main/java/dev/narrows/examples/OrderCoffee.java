package dev.narrows.examples;

import dev.narrows.device.HybridModel;
import dev.narrows.device.Prediction;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.items.ItemReader;
import dev.narrows.wire.bundle.Preprocessing;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A coffee machine that understands a spoken order: the README's program, with a WAV file for a microphone. Run it where
 * {@code barista.narrows} lies, with the recording as its argument; without a server at {@code cloud.example} the device
 * answers.
 */
public final class OrderCoffee {

    /** What the barista network hears: 2 s of mono sound at 16 kHz. */
    private static final Preprocessing SOUND = new Preprocessing.Audio(16_000, 2, 1);

    private static final TensorSpec INPUT = new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, 32_000L));

    private OrderCoffee() {}

    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("usage: OrderCoffee RECORDING.wav");
            System.exit(2);
        }
        order(ItemReader.of(SOUND, INPUT).read(Path.of(arguments[0])).toFloats());
    }

    private static void order(float[] pcm) {
        try (HybridModel model = HybridModel.builder(Path.of("barista.narrows"))
                .cloud(URI.create("https://cloud.example:8700"))
                .deadline(Duration.ofMillis(300))
                .open()) {
            Prediction order = model.predict(Tensor.of(pcm, 1, 32_000)); // (batch, samples) f32 in [-1, 1]
            System.out.println(order.label() + " " + order.probability() + " by " + order.answeredBy());
        }
    }
}
