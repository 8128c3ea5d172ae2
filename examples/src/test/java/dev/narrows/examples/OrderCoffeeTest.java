package dev.narrows.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.graph.OnnxReader;
import dev.narrows.plan.Packer;
import dev.narrows.wire.bundle.Preprocessing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderCoffeeTest {

    private static final Path BARISTA = Path.of(System.getProperty("narrows.root", ".."))
            .resolve("examples")
            .resolve("barista");

    @TempDir
    Path folder;

    /** In a process of its own: the program looks for its bundle in the working directory. No server is there. */
    @Test
    void main_spokenOrder_isAnsweredByTheDevice() throws IOException, InterruptedException {
        Packer.Options options = new Packer.Options(
                "barista",
                List.of(List.of("bottleneck.code")),
                List.of(),
                new Preprocessing.Audio(16_000, 2, 1),
                Files.readAllLines(BARISTA.resolve("labels.txt")),
                Map.of(),
                "",
                1);
        new Packer(OnnxReader.read(BARISTA.resolve("barista.onnx")), options, List.of(), List.of())
                .pack(folder.resolve("barista.narrows"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.narrows.examples.OrderCoffee",
                        BARISTA.resolve("clips")
                                .resolve("espresso_0.wav")
                                .toAbsolutePath()
                                .toString())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(printed).matches("espresso 0\\.954\\d* by DEVICE\\R");
    }
}
