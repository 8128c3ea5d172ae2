package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedOutputStream;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/** Writes networks as ONNX files. The same network gives the same bytes. */
public final class OnnxWriter {

    /** The most bytes that a protobuf message can have. */
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    private OnnxWriter() {}

    /**
     * Where an initializer lies in an external file.
     *
     * @param location a relative path
     * @param offset bytes from the file's start
     * @param length bytes
     */
    public record Place(String location, long offset, long length) {}

    /**
     * The whole network in one file's bytes (a direct buffer).
     *
     * @throws InvalidException if the network breaks ONNX's rules
     * @throws UnsupportedException if it takes more than 2 GiB
     */
    public static ByteBuffer write(Network network) {
        return write(network, Map.of());
    }

    /**
     * The network with the initializers named in {@code external} left out and pointing to external data.
     *
     * @throws InvalidException if the network breaks ONNX's rules, or a place does not fit its initializer
     * @throws UnsupportedException if it takes more than 2 GiB
     */
    public static ByteBuffer write(Network network, Map<String, Place> external) {
        Validator.check(network);
        for (String name : external.keySet()) {
            if (!network.initializers().containsKey(name)) {
                throw new InvalidException("external data: no such initializer, tensor \"" + name + "\"");
            }
        }
        checkSize(network, external);
        ModelProto model = GraphEncoder.encode(network, external);
        int size = model.getSerializedSize();
        if (size < 0) {
            throw tooLarge(network, size & 0xffffffffL);
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(size);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            model.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new IllegalStateException("a buffer of the message's own size is full", e);
        }
        return bytes.flip();
    }

    /* Before the message is made: its size in an int would go round. */
    private static void checkSize(Network network, Map<String, Place> external) {
        long size = 0;
        for (ConstantTensor tensor : network.initializers().values()) {
            if (!external.containsKey(tensor.name())) {
                size += tensor.data().remaining();
            }
        }
        for (Node node : network.nodes()) {
            for (Attribute attribute : node.attributes().values()) {
                if (attribute instanceof Attribute.TensorValue tensor) {
                    size += tensor.value().data().remaining();
                } else if (attribute instanceof Attribute.GraphValue graph) {
                    size += graph.value().encoded().bytes().size();
                }
            }
        }
        if (size > MAX_BYTES) {
            throw tooLarge(network, size);
        }
    }

    private static UnsupportedException tooLarge(Network network, long size) {
        return new UnsupportedException("model: " + size
                + " bytes (expected: at most 2 GiB in one file; larger ones keep initializers in external data), network \""
                + network.name() + "\"");
    }
}
