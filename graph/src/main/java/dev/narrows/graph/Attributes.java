package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.narrows.errors.InvalidException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Attributes from protobuf and back. */
final class Attributes {

    private Attributes() {}

    /** Whether this attribute is carried unread. */
    static boolean isOpaque(AttributeProto proto) {
        return switch (proto.getType()) {
            case FLOAT, INT, STRING, TENSOR, GRAPH, FLOATS, INTS -> false;
            case STRINGS -> !proto.getStringsList().stream().allMatch(ByteString::isValidUtf8);
            default -> true;
        };
    }

    static Attribute decode(
            AttributeProto proto,
            Function<TensorProto, ConstantTensor> tensors,
            Function<GraphProto, Subgraph> subgraphs) {
        check(proto);
        if (isOpaque(proto)) {
            return new Attribute.Opaque(new Encoded(proto.toByteString()));
        }
        return switch (proto.getType()) {
            case FLOAT -> new Attribute.FloatValue(proto.getF());
            case INT -> new Attribute.IntValue(proto.getI());
            case STRING -> text(proto.getS());
            case TENSOR -> new Attribute.TensorValue(tensors.apply(proto.getT()));
            case GRAPH -> new Attribute.GraphValue(subgraphs.apply(proto.getG()));
            case FLOATS -> new Attribute.Floats(proto.getFloatsList());
            case INTS -> new Attribute.Ints(proto.getIntsList());
            default ->
                new Attribute.Texts(proto.getStringsList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList());
        };
    }

    private static Attribute text(ByteString bytes) {
        return bytes.isValidUtf8()
                ? new Attribute.Text(bytes.toStringUtf8(), false)
                : new Attribute.Text(bytes.toString(StandardCharsets.ISO_8859_1), true);
    }

    /** The attribute as protobuf, on top of what its residue kept. */
    static AttributeProto encode(String name, Attribute attribute, AttributeProto residue) {
        AttributeProto.Builder proto = residue.toBuilder().setName(name);
        if (attribute instanceof Attribute.FloatValue value) {
            proto.setType(AttributeType.FLOAT).setF(value.value());
        } else if (attribute instanceof Attribute.IntValue value) {
            proto.setType(AttributeType.INT).setI(value.value());
        } else if (attribute instanceof Attribute.Text value) {
            proto.setType(AttributeType.STRING)
                    .setS(ByteString.copyFrom(
                            value.value(), value.binary() ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
        } else if (attribute instanceof Attribute.TensorValue value) {
            proto.setType(AttributeType.TENSOR).setT(TensorEncoder.encode(value.value(), residue.getT()));
        } else if (attribute instanceof Attribute.GraphValue value) {
            proto.setType(AttributeType.GRAPH).setG(graph(value.value()));
        } else if (attribute instanceof Attribute.Floats values) {
            proto.setType(AttributeType.FLOATS).addAllFloats(values.values());
        } else if (attribute instanceof Attribute.Ints values) {
            proto.setType(AttributeType.INTS).addAllInts(values.values());
        } else if (attribute instanceof Attribute.Texts values) {
            proto.setType(AttributeType.STRINGS);
            values.values().forEach(value -> proto.addStrings(ByteString.copyFromUtf8(value)));
        } else if (attribute instanceof Attribute.Opaque value) {
            return opaque(name, value);
        }
        return proto.build();
    }

    static AttributeProto opaque(String name, Attribute.Opaque attribute) {
        try {
            return AttributeProto.parseFrom(attribute.value().bytes()).toBuilder()
                    .setName(name)
                    .build();
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidException("attribute: no AttributeProto, attribute \"" + name + "\"", e);
        }
    }

    static GraphProto graph(Subgraph subgraph) {
        try {
            return GraphProto.parseFrom(subgraph.encoded().bytes());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidException("subgraph: no GraphProto, graph \"" + subgraph.name() + "\"", e);
        }
    }

    /** An attribute has one value, of the type that it names (a list may be empty). */
    static void check(AttributeProto proto) {
        if (!proto.hasType() || proto.getType() == AttributeType.UNDEFINED) {
            throw new InvalidException("attribute type: none that is known (expected: one of ONNX's)");
        }
        List<AttributeType> values = new ArrayList<>();
        add(values, proto.hasF(), AttributeType.FLOAT);
        add(values, proto.hasI(), AttributeType.INT);
        add(values, proto.hasS(), AttributeType.STRING);
        add(values, proto.hasT(), AttributeType.TENSOR);
        add(values, proto.hasG(), AttributeType.GRAPH);
        add(values, proto.hasSparseTensor(), AttributeType.SPARSE_TENSOR);
        add(values, proto.hasTp(), AttributeType.TYPE_PROTO);
        add(values, proto.getFloatsCount() > 0, AttributeType.FLOATS);
        add(values, proto.getIntsCount() > 0, AttributeType.INTS);
        add(values, proto.getStringsCount() > 0, AttributeType.STRINGS);
        add(values, proto.getTensorsCount() > 0, AttributeType.TENSORS);
        add(values, proto.getGraphsCount() > 0, AttributeType.GRAPHS);
        add(values, proto.getSparseTensorsCount() > 0, AttributeType.SPARSE_TENSORS);
        add(values, proto.getTypeProtosCount() > 0, AttributeType.TYPE_PROTOS);
        if (values.size() > 1 || (values.size() == 1 && values.get(0) != proto.getType())) {
            throw new InvalidException("attribute value: " + values + " (expected: " + proto.getType() + ")");
        }
    }

    private static void add(List<AttributeType> types, boolean there, AttributeType type) {
        if (there) {
            types.add(type);
        }
    }
}
