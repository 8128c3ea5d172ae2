package dev.narrows.engine;

import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Finds the initializers of a model that lie outside of it, by walking the protobuf wire format (the engine carries no
 * protobuf classes). Needed because the runtime refuses a weight it has no use for, and would look for one that it was
 * not given among the files of the process: external data is taken from the caller or not at all.
 */
final class ExternalWeights {

    private static final int MAX_DEPTH = 64; // of nested subgraphs; protobuf's own limit is 100 messages

    // onnx.proto, IR version 11: field numbers
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_FUNCTIONS = 25;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_SPARSE_INITIALIZER = 15;
    private static final int FUNCTION_NODE = 7;
    private static final int FUNCTION_ATTRIBUTE = 11;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_T = 5;
    private static final int ATTRIBUTE_G = 6;
    private static final int ATTRIBUTE_TENSORS = 10;
    private static final int ATTRIBUTE_GRAPHS = 11;
    private static final int ATTRIBUTE_SPARSE = 22;
    private static final int ATTRIBUTE_SPARSES = 23;
    private static final int SPARSE_VALUES = 1;
    private static final int SPARSE_INDICES = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_LOCATION = 14;

    private final String segment;
    private final Set<String> names = new LinkedHashSet<>();

    private ExternalWeights(String segment) {
        this.segment = segment;
    }

    /**
     * The names of the main graph's initializers that are external data.
     *
     * @throws MalformedException if the bytes are no protobuf message
     * @throws UnsupportedException if a tensor elsewhere (in a subgraph, an attribute, a function) is external data
     */
    static Set<String> of(String segment, ByteBuffer model) {
        ExternalWeights weights = new ExternalWeights(segment);
        ByteBuffer bytes = model.slice();
        weights.fields(bytes, (field, value) -> {
            if (field == MODEL_GRAPH) {
                weights.graph(value, true, 0);
            } else if (field == MODEL_FUNCTIONS) {
                weights.nodes(value, FUNCTION_NODE, FUNCTION_ATTRIBUTE, 0);
            }
        });
        return weights.names;
    }

    private void graph(ByteBuffer graph, boolean main, int depth) {
        if (depth > MAX_DEPTH) {
            throw new MalformedException(
                    "subgraphs: over " + MAX_DEPTH + " deep (expected: fewer), segment \"" + segment + "\"");
        }
        fields(graph, (field, value) -> {
            if (field == GRAPH_INITIALIZER) {
                tensor(value, main);
            } else if (field == GRAPH_SPARSE_INITIALIZER) {
                sparse(value);
            } else if (field == GRAPH_NODE) {
                node(value, depth);
            }
        });
    }

    private void nodes(ByteBuffer function, int nodeField, int attributeField, int depth) {
        fields(function, (field, value) -> {
            if (field == nodeField) {
                node(value, depth);
            } else if (field == attributeField) {
                attribute(value, depth);
            }
        });
    }

    private void node(ByteBuffer node, int depth) {
        fields(node, (field, value) -> {
            if (field == NODE_ATTRIBUTE) {
                attribute(value, depth);
            }
        });
    }

    private void attribute(ByteBuffer attribute, int depth) {
        fields(attribute, (field, value) -> {
            switch (field) {
                case ATTRIBUTE_T, ATTRIBUTE_TENSORS -> tensor(value, false);
                case ATTRIBUTE_G, ATTRIBUTE_GRAPHS -> graph(value, false, depth + 1);
                case ATTRIBUTE_SPARSE, ATTRIBUTE_SPARSES -> sparse(value);
                default -> {}
            }
        });
    }

    private void sparse(ByteBuffer sparse) {
        fields(sparse, (field, value) -> {
            if (field == SPARSE_VALUES || field == SPARSE_INDICES) {
                tensor(value, false);
            }
        });
    }

    private void tensor(ByteBuffer tensor, boolean main) {
        String name = "";
        boolean external = false;
        while (tensor.hasRemaining()) {
            long tag = varint(tensor);
            int field = (int) (tag >>> 3);
            if (field == TENSOR_LOCATION && (tag & 7) == 0) {
                external |= varint(tensor) != 0;
            } else if (field == TENSOR_NAME && (tag & 7) == 2) {
                byte[] utf8 = new byte[length(tensor)];
                tensor.get(utf8);
                name = new String(utf8, StandardCharsets.UTF_8);
            } else {
                skip(tensor, tag);
            }
        }
        if (external && !main) {
            throw new UnsupportedException("external data: tensor \"" + name
                    + "\" inside a node (expected: in the main graph's initializers), segment \"" + segment + "\"");
        }
        if (external) {
            names.add(name);
        }
    }

    @FunctionalInterface
    private interface Message {
        void accept(int field, ByteBuffer value);
    }

    /** Calls {@code each} with every length-delimited field; the others are skipped. */
    private void fields(ByteBuffer message, Message each) {
        while (message.hasRemaining()) {
            long tag = varint(message);
            if ((tag & 7) == 2) {
                int length = length(message);
                ByteBuffer value = message.slice();
                end(value, length);
                advance(message, length);
                each.accept((int) (tag >>> 3), value);
            } else {
                skip(message, tag);
            }
        }
    }

    private void skip(ByteBuffer message, long tag) {
        switch ((int) (tag & 7)) {
            case 0 -> varint(message);
            case 1 -> advance(message, 8);
            case 2 -> advance(message, length(message));
            case 5 -> advance(message, 4);
            default -> throw malformed("wire type " + (tag & 7));
        }
    }

    private int length(ByteBuffer message) {
        long length = varint(message);
        if (length < 0 || length > message.remaining()) {
            throw malformed("a field of " + length + " bytes where " + message.remaining() + " are left");
        }
        return (int) length;
    }

    private long varint(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!message.hasRemaining()) {
                throw malformed("a cut-off number");
            }
            byte next = message.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed("a number of more than 10 bytes");
    }

    private void advance(Buffer message, int count) {
        if (count > message.remaining()) {
            throw malformed("a cut-off field");
        }
        message.position(message.position() + count);
    }

    private static void end(Buffer buffer, int limit) {
        buffer.limit(limit);
    }

    private MalformedException malformed(String found) {
        return new MalformedException("model: " + found + " (expected: an ONNX protobuf), segment \"" + segment + "\"");
    }
}
