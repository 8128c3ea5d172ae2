package dev.narrows.graph;

import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Reads ONNX files into networks. Checks everything it reads: what it returns is a well-formed graph, whatever the
 * bytes were.
 */
public final class OnnxReader {

    private OnnxReader() {}

    /** Where external data comes from. */
    public interface ExternalData {

        /** No file may name external data. */
        ExternalData NONE = (location, offset, length) -> {
            throw new dev.narrows.errors.InvalidException("external data: \"" + location + "\" (expected: none)");
        };

        /**
         * The bytes of an external tensor.
         *
         * @param location a relative path, already checked not to leave its directory
         * @param offset bytes from the file's start
         * @param length bytes, or -1 for all to the end
         */
        ByteBuffer read(String location, long offset, long length);
    }

    /**
     * @throws dev.narrows.errors.MalformedException if the bytes are no ONNX file
     * @throws dev.narrows.errors.InvalidException if the graph breaks ONNX's rules
     * @throws dev.narrows.errors.UnsupportedException if it needs what Narrows has not (opset below 7, newer IR …)
     */
    public static Network read(InputStream onnx, ExternalData external) {
        throw new UnsupportedOperationException();
    }

    public static Network read(ByteBuffer onnx, ExternalData external) {
        throw new UnsupportedOperationException();
    }

    /** Reads a file, with external data beside it. */
    public static Network read(java.nio.file.Path file) {
        throw new UnsupportedOperationException();
    }
}
