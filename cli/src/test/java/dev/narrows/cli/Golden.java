package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Output compared with a file in {@code src/test/resources/golden}. {@code -Dnarrows.golden=write} writes the files
 * instead; read the difference before you commit it.
 */
final class Golden {

    private Golden() {}

    static void check(String name, String output) {
        Path file = root().resolve("cli/src/test/resources/golden/" + name + ".txt");
        try {
            if ("write".equals(System.getProperty("narrows.golden"))) {
                Files.writeString(file, output);
            }
            assertThat(output).as("golden/%s.txt", name).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    static Path root() {
        return Path.of(System.getProperty("narrows.root", ".."));
    }
}
