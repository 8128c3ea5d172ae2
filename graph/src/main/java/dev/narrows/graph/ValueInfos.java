package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Named values and their types, from protobuf and back. */
final class ValueInfos {

    private ValueInfos() {}

    static List<ValueInfo> decode(List<ValueInfoProto> protos) {
        List<ValueInfo> values = new ArrayList<>(protos.size());
        for (ValueInfoProto proto : protos) {
            values.add(decode(proto));
        }
        return values;
    }

    static ValueInfo decode(ValueInfoProto proto) {
        return Located.in("value \"" + proto.getName() + "\"", () -> {
            Optional<TensorType> type =
                    proto.getType().hasTensorType() ? Optional.of(type(proto.getType())) : Optional.empty();
            ValueInfo plain = new ValueInfo(proto.getName(), type, proto.getDocString(), Encoded.NONE);
            boolean complete = says(plain, proto);
            return complete
                    ? plain
                    : new ValueInfo(proto.getName(), type, proto.getDocString(), new Encoded(proto.toByteString()));
        });
    }

    static ValueInfoProto encode(ValueInfo value) {
        ValueInfoProto.Builder proto = ValueInfoProto.newBuilder();
        if (!value.encoded().isEmpty()) {
            proto.mergeFrom(parse(value));
        }
        proto.setName(value.name());
        if (value.doc().isEmpty()) {
            proto.clearDocString();
        } else {
            proto.setDocString(value.doc());
        }
        value.type().ifPresent(type -> {
            // Denotations belong to the type they came with; a type changed since is written without them.
            if (!proto.getType().hasTensorType() || !type(proto.getType()).equals(type)) {
                proto.setType(encode(type));
            }
        });
        return proto.build();
    }

    /** Whether a type of some kind is given at all. */
    static boolean hasType(ValueInfo value) {
        return value.type().isPresent()
                || (!value.encoded().isEmpty()
                        && parse(value).getType().getValueCase() != TypeProto.ValueCase.VALUE_NOT_SET);
    }

    private static ValueInfoProto parse(ValueInfo value) {
        try {
            return ValueInfoProto.parseFrom(value.encoded().bytes());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidException("type: cannot be read, value \"" + value.name() + "\"", e);
        }
    }

    /* Absent and empty texts, and axes of unknown length however they are spelt (nothing, -1, an empty name), mean the
     * same; whatever else would be lost is kept as bytes. */
    private static boolean says(ValueInfo plain, ValueInfoProto proto) {
        ValueInfoProto.Builder normal = proto.toBuilder();
        if (proto.getDocString().isEmpty()) {
            normal.clearDocString();
        }
        if (proto.getType().getTensorType().hasShape()) {
            for (TensorShapeProto.Dimension.Builder dim : normal.getTypeBuilder()
                    .getTensorTypeBuilder()
                    .getShapeBuilder()
                    .getDimBuilderList()) {
                if (decode(dim.buildPartial()) instanceof Dim.Unknown) {
                    dim.clearValue();
                }
            }
        }
        return encode(plain).equals(normal.build());
    }

    private static TensorType type(TypeProto proto) {
        TypeProto.Tensor tensor = proto.getTensorType();
        ElementType element = ElementType.of(tensor.getElemType());
        if (!tensor.hasShape()) {
            return new TensorType(element, Optional.empty());
        }
        List<Dim> dims = new ArrayList<>(tensor.getShape().getDimCount());
        for (TensorShapeProto.Dimension dim : tensor.getShape().getDimList()) {
            dims.add(decode(dim));
        }
        return TensorType.of(element, dims);
    }

    private static Dim decode(TensorShapeProto.Dimension dim) {
        if (dim.hasDimValue()) {
            return Dim.of(dim.getDimValue());
        }
        return dim.getDimParam().isEmpty() ? new Dim.Unknown() : new Dim.Symbol(dim.getDimParam());
    }

    private static TypeProto encode(TensorType type) {
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type.element().number());
        type.shape().ifPresent(dims -> {
            TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
            for (Dim dim : dims) {
                TensorShapeProto.Dimension.Builder axis = shape.addDimBuilder();
                if (dim instanceof Dim.Known known) {
                    axis.setDimValue(known.length());
                } else if (dim instanceof Dim.Symbol symbol) {
                    axis.setDimParam(symbol.name());
                }
            }
            tensor.setShape(shape);
        });
        return TypeProto.newBuilder().setTensorType(tensor).build();
    }
}
