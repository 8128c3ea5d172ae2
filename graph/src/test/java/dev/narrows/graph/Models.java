package dev.narrows.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where tests find networks that others made. */
final class Models {

    private Models() {}

    static Path root() {
        return Path.of(System.getProperty("narrows.root", ".."));
    }

    static Path barista() {
        return root().resolve("examples/barista/first/barista.onnx");
    }

    /** The folder of public models and data, which need not be there. */
    static Optional<Path> shared() {
        String property = System.getProperty("NARROWS_SHARED", System.getenv("NARROWS_SHARED"));
        Path shared = property == null ? root().resolve("../shared") : Path.of(property);
        return Files.isDirectory(shared) ? Optional.of(shared) : Optional.empty();
    }

    /** Every network that is there; the project's own at least. */
    static List<Path> all() {
        try (Stream<Path> files =
                shared().isPresent() ? Files.walk(shared().get().resolve("models")) : Stream.of(barista())) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
