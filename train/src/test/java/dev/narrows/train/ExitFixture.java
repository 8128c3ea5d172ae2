package dev.narrows.train;

import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.OpsetImport;
import dev.narrows.zoo.Conv;
import dev.narrows.zoo.Initial;
import dev.narrows.zoo.NetworkBuilder;
import dev.narrows.zoo.Value;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** A network with a cut behind each of its layers, and images of which half are told by texture, half by place alone. */
final class ExitFixture {

    static final int CLASSES = 4;
    private static final int SIDE = 12;

    private ExitFixture() {}

    /** x (1, 12, 12) → early (6, 6, 6) → middle (8, 3, 3) → flat → dense (32) → scores (4). */
    static Network network(long seed) {
        NetworkBuilder builder = NetworkBuilder.seeded(seed);
        Value x = builder.input("x", List.of(1L, (long) SIDE, (long) SIDE));
        Value early = pooled(builder, "early", x, 6);
        Value middle = pooled(builder, "middle", early, 8);
        Value dense = builder.relu(
                "dense", builder.linear("dense.linear", builder.flatten("flat", middle), 32, Initial.HE_FAN_IN));
        builder.output(builder.linear("scores", dense, CLASSES, Initial.XAVIER));
        return builder.build("texture-or-place", Map.of());
    }

    private static Value pooled(NetworkBuilder builder, String name, Value x, int channels) {
        Value conv =
                builder.conv(name + ".conv", x, Conv.of(channels, 3).withBias().withInitial(Initial.HE_FAN_IN));
        return builder.maxPool(name, builder.relu(name + ".relu", conv), 2, 2, 0);
    }

    /** The same of another opset. */
    static Network ofOpset(Network network, long opset) {
        return new Network(
                network.name(),
                4,
                List.of(new OpsetImport("", opset)),
                network.inputs(),
                network.outputs(),
                network.nodes(),
                network.initializers(),
                network.valueInfos(),
                network.metadata(),
                network.extra());
    }

    /** Even items have the texture of their class all over, odd ones a dot in the quarter of their class. */
    static InMemory images(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] pixels = new float[count * SIDE * SIDE];
        int[] classes = new int[count];
        for (int item = 0; item < count; item++) {
            int class_ = random.nextInt(CLASSES);
            classes[item] = class_;
            int row = 6 * (class_ / 2) + 1 + random.nextInt(4);
            int column = 6 * (class_ % 2) + 1 + random.nextInt(4);
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    boolean lit = item % 2 == 0 ? textured(class_, y, x) : y == row && x == column;
                    pixels[(item * SIDE + y) * SIDE + x] = (lit ? 0.9f : 0.1f) + 0.1f * (float) random.nextDouble();
                }
            }
        }
        return InMemory.of(
                new Kind.Image(),
                Tensor.of(pixels, count, 1, SIDE, SIDE),
                List.of(new Labels(Labels.TASK, List.of("a", "b", "c", "d"), classes)),
                List.of());
    }

    private static boolean textured(int class_, int y, int x) {
        return switch (class_) {
            case 0 -> y % 2 == 0;
            case 1 -> x % 2 == 0;
            case 2 -> (x + y) % 2 == 0;
            default -> true;
        };
    }

    /** The items as one tensor. */
    static Tensor values(InMemory data) {
        float[] values = new float[data.size() * SIDE * SIDE];
        for (int item = 0; item < data.size(); item++) {
            System.arraycopy(data.values(item), 0, values, item * SIDE * SIDE, SIDE * SIDE);
        }
        return Tensor.of(values, data.size(), 1, SIDE, SIDE);
    }

    /** What ONNX Runtime makes of a network. */
    static Map<String, Tensor> run(Network network, Map<String, Tensor> inputs) {
        try (Session session =
                Session.open(network.name(), OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT)) {
            return session.run(inputs);
        }
    }

    static <T> T get(Map<String, T> named, String name) {
        return Objects.requireNonNull(named.get(name), name);
    }
}
