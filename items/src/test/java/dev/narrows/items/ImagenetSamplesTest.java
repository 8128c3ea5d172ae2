package dev.narrows.items;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.bundle.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The whole way from photographs to classes, against the accuracy measured by a reference's own pre-processing. */
class ImagenetSamplesTest {

    /**
     * Of 200, with Pillow 12.3.0 decoding and resizing (bilinear) and the same runtime; our tensors equal its within
     * 5e-7. Pillow's bicubic filter gives 170, bilinear without widening the filter 162.
     */
    private static final int REFERENCE_CORRECT = 171;

    private static final Preprocessing.Image IMAGENET = new Preprocessing.Image(
            256, 224, false, false, 1 / 255.0, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    @Test
    void read_photographs_givesMobileNetTheReferencesAccuracy() throws IOException {
        Path shared = shared();
        ByteBuffer model = ByteBuffer.wrap(Files.readAllBytes(shared.resolve("models/imagenet/mobilenetv2.onnx")));
        int correct = 0;
        int items = 0;
        try (Session session = Session.open("mobilenetv2", model, Map.of(), SessionOptions.DEFAULT.withThreads(2))) {
            ItemReader reader = ItemReader.of(IMAGENET, session.inputs().get(0));
            for (Path file : InputFiles.of(List.of(
                    shared.resolve("data/imagenet-samples").resolve("*.JPEG").toString()))) {
                Map<String, Tensor> outputs = session.run(Map.of("input", reader.read(file)));
                float[] scores = outputs.values().iterator().next().toFloats();
                int label = Integer.parseInt(file.getFileName().toString().substring(0, 3));
                correct += argmax(scores) == label ? 1 : 0;
                items++;
            }
        }
        assertThat(items).isEqualTo(200);
        assertThat(correct).isBetween(REFERENCE_CORRECT - 2, REFERENCE_CORRECT + 2);
    }

    private static int argmax(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }

    private static Path shared() {
        String root = System.getProperty("narrows.root", "..");
        Path shared = Path.of(Optional.ofNullable(System.getProperty("NARROWS_SHARED"))
                .or(() -> Optional.ofNullable(System.getenv("NARROWS_SHARED")))
                .orElse(root + "/../shared"));
        Assumptions.assumeTrue(
                Files.isDirectory(shared.resolve("data/imagenet-samples")), "no shared data at " + shared);
        return shared;
    }
}
