package dev.narrows.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Paths;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A process in which other code started the runtime before us; in a process of its own, as it is started once. */
class StartedElsewhereTest {

    /** What that process runs. */
    static final class Host {

        private Host() {}

        public static void main(String[] args) {
            OrtEnvironment others = OrtEnvironment.getEnvironment();
            int cores = Runtime.getRuntime().availableProcessors();
            try (Session session = Session.open(
                    "head",
                    new Models()
                            .input("x", Models.FLOAT, -1, 2)
                            .node("Add", List.of("x", "x"), List.of("y"))
                            .output("y", Models.FLOAT, -1, 2)
                            .build(),
                    Map.of(),
                    SessionOptions.DEFAULT.withThreads(cores))) {
                Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
                System.out.println(others.getVersion().isEmpty() + " " + session.run(Map.of("x", x)));
            }
        }
    }

    @Test
    void open_runtimeStartedByOthers_runsWithoutOurPool() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Paths.get(System.getProperty("java.home"), "bin", "java")
                                .toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Host.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("false {y=FLOAT32[1, 2]");
    }
}
