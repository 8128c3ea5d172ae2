package dev.narrows.plan;

import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import java.nio.file.Path;

/** Where tests find networks. */
final class Models {

    private Models() {}

    static Path root() {
        return Path.of(System.getProperty("narrows.root", ".."));
    }

    /** The project's own network; axis 0 of its input is free. */
    static Network barista() {
        return OnnxReader.read(root().resolve("examples/barista/first/barista.onnx"));
    }

    /** A file below the folder of public networks, which need not be there. */
    static Path shared(String file) {
        String place = System.getProperty("NARROWS_SHARED", System.getenv("NARROWS_SHARED"));
        Path shared = place == null ? root().resolve("../shared") : Path.of(place);
        return shared.resolve("models").resolve(file);
    }
}
