package dev.narrows.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.data.DataSource;
import dev.narrows.data.Dataset;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class Cifar10SheetsTest {

    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] STD = {0.229f, 0.224f, 0.225f};

    @Test
    void open_sheets_areAnsweredByResNet20AsTheReferenceMeasured() throws IOException {
        Path shared = shared();
        DataSource source = Cifar10Sheets.open(shared, 1);
        Dataset test = source.test().orElseThrow();
        int correct = 0;
        ByteBuffer model = ByteBuffer.wrap(Files.readAllBytes(shared.resolve("models/cifar10/resnet20.onnx")));
        try (Session session = Session.open("resnet20", model, Map.of(), SessionOptions.DEFAULT.withThreads(2))) {
            for (int item = 0; item < test.size(); item++) {
                Tensor input = Tensor.of(normalised(test.values(item)), 1, 3, 32, 32);
                int answer = session.run(Map.of("input.1", input))
                        .values()
                        .iterator()
                        .next()
                        .argmax();
                correct += answer == test.labels().get(0).of()[item] ? 1 : 0;
            }
        }

        assertThat(test.size()).isEqualTo(1000);
        assertThat(correct).isBetween(920, 922);
        assertThat(source.train().size()).isEqualTo(1000);
        // As the official training set begins: frog, truck, truck, deer.
        assertThat(Arrays.copyOf(source.train().labels().get(0).of(), 4)).containsExactly(6, 9, 9, 4);
        assertThat(source.train().shape()).containsExactly(3, 32, 32);
    }

    private static float[] normalised(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] - MEAN[i / 1024]) / STD[i / 1024];
        }
        return values;
    }

    private static Path shared() {
        // Tests run in the module's directory; the property says where the root is.
        Path shared = ResultFile.shared();
        Assumptions.assumeTrue(Cifar10Sheets.areIn(shared), "no shared data at " + shared);
        return shared;
    }
}
