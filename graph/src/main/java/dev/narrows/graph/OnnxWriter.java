package dev.narrows.graph;

import java.nio.ByteBuffer;
import java.util.Map;

/** Writes networks as ONNX files. The same network gives the same bytes. */
public final class OnnxWriter {

    private OnnxWriter() {}

    /** Where an initializer lies in an external file. */
    public record Place(String location, long offset, long length) {}

    /** The whole network in one file's bytes (a direct buffer). */
    public static ByteBuffer write(Network network) {
        return write(network, Map.of());
    }

    /** The network with the initializers named in {@code external} left out and pointing to external data. */
    public static ByteBuffer write(Network network, Map<String, Place> external) {
        throw new UnsupportedOperationException();
    }
}
