package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads ONNX files into networks. Checks everything it reads: what it returns is a well-formed graph that {@link
 * Validator} accepts, whatever the bytes were.
 *
 * <p>Large tensors are views of the given bytes, not copies: a buffer or a file must not be changed while a network
 * read from it is in use. (Replacing a file by another, as {@link OnnxFiles} does, is no change.)
 */
public final class OnnxReader {

    /** Before this IR version every initializer had to be listed as an input too. */
    static final long FIRST_IR_WITH_CONSTANT_INITIALIZERS = 4;

    private OnnxReader() {}

    /** Where external data comes from. */
    public interface ExternalData {

        /** No file may name external data. */
        ExternalData NONE = (location, offset, length) -> {
            throw new InvalidException("external data: \"" + location + "\" (expected: none)");
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
     * Reads to the end of a stream; does not close it.
     *
     * @throws MalformedException if the bytes are no ONNX file
     * @throws InvalidException if the graph breaks ONNX's rules
     * @throws UnsupportedException if it needs what Narrows has not (opset below 7, newer IR …)
     * @throws UnavailableException if the stream fails
     */
    public static Network read(InputStream onnx, ExternalData external) {
        byte[] bytes;
        try {
            bytes = onnx.readNBytes(Integer.MAX_VALUE - 8);
            if (bytes.length == Integer.MAX_VALUE - 8) {
                throw new UnsupportedException("model: more than " + bytes.length + " bytes (expected: below 2 GiB)");
            }
        } catch (IOException e) {
            throw new UnavailableException("model: the stream cannot be read (" + e + ")", e);
        }
        return read(ByteBuffer.wrap(bytes), external);
    }

    /**
     * Reads the bytes between a buffer's position and limit.
     *
     * @throws MalformedException if the bytes are no ONNX file
     * @throws InvalidException if the graph breaks ONNX's rules
     * @throws UnsupportedException if it needs what Narrows has not (opset below 7, newer IR …)
     */
    public static Network read(ByteBuffer onnx, ExternalData external) {
        return Located.bounded(() -> ModelDecoder.decode(parse(onnx.slice()), external));
    }

    /**
     * Reads a file, with external data beside it, and compares it with its checksum if there is one: the same as {@link
     * OnnxFiles#read}.
     *
     * @throws MalformedException if the bytes are no ONNX file or not those that the checksum was made from
     * @throws InvalidException if there is no such file or the graph breaks ONNX's rules
     * @throws UnsupportedException if it needs what Narrows has not (opset below 7, newer IR …)
     * @throws UnavailableException if the file cannot be read
     */
    public static Network read(Path file) {
        return OnnxFiles.read(file);
    }

    private static ModelProto parse(ByteBuffer onnx) {
        if (!onnx.hasRemaining()) {
            throw new MalformedException("model: 0 bytes (expected: an ONNX file)");
        }
        WireCheck.check(onnx, ModelProto.getDescriptor());
        CodedInputStream in = UnsafeByteOperations.unsafeWrap(onnx).newCodedInput();
        in.enableAliasing(true);
        in.setRecursionLimit(WireCheck.MAX_DEPTH);
        try {
            ModelProto model = ModelProto.parseFrom(in);
            in.checkLastTagWas(0);
            return model;
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedException(
                    "model: " + e.getMessage() + " (expected: an ONNX file), byte " + in.getTotalBytesRead(), e);
        } catch (IOException e) {
            throw new MalformedException("model: " + e + ", byte " + in.getTotalBytesRead(), e);
        }
    }
}
