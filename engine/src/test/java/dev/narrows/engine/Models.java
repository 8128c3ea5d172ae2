package dev.narrows.engine;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Small ONNX networks for tests, built node by node. */
final class Models {

    static final int FLOAT = OnnxMl.TensorProto.DataType.FLOAT_VALUE;
    static final int INT64 = OnnxMl.TensorProto.DataType.INT64_VALUE;

    private final OnnxMl.GraphProto.Builder graph =
            OnnxMl.GraphProto.newBuilder().setName("test");

    /** An input; an axis of -1 is the symbolic {@code N}. */
    Models input(String name, int type, long... shape) {
        graph.addInput(value(name, type, shape));
        return this;
    }

    Models output(String name, int type, long... shape) {
        graph.addOutput(value(name, type, shape));
        return this;
    }

    Models node(String op, List<String> inputs, List<String> outputs, OnnxMl.AttributeProto... attributes) {
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType(op)
                .setName(op + graph.getNodeCount())
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(Arrays.asList(attributes)));
        return this;
    }

    Models weight(String name, float[] values, long... shape) {
        graph.addInitializer(tensor(name, values, shape));
        return this;
    }

    /** A weight that lies outside of the model. */
    Models externalWeight(String name, long... shape) {
        graph.addInitializer(external(name, shape));
        return this;
    }

    ByteBuffer build() {
        return ByteBuffer.wrap(OnnxMl.ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("narrows tests")
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(15))
                .setGraph(graph)
                .build()
                .toByteArray());
    }

    OnnxMl.GraphProto graph() {
        return graph.build();
    }

    static OnnxMl.AttributeProto intAttribute(String name, long value) {
        return OnnxMl.AttributeProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static OnnxMl.AttributeProto graphAttribute(String name, OnnxMl.GraphProto value) {
        return OnnxMl.AttributeProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.AttributeProto.AttributeType.GRAPH)
                .setG(value)
                .build();
    }

    static OnnxMl.TensorProto tensor(String name, float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(FLOAT)
                .addAllDims(boxed(shape))
                .setRawData(ByteString.copyFrom(raw))
                .build();
    }

    static OnnxMl.TensorProto external(String name, long... shape) {
        return OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(FLOAT)
                .addAllDims(boxed(shape))
                .setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL)
                .addExternalData(OnnxMl.StringStringEntryProto.newBuilder()
                        .setKey("location")
                        .setValue("weights.bin"))
                .build();
    }

    private static OnnxMl.ValueInfoProto value(String name, int type, long... shape) {
        OnnxMl.TensorShapeProto.Builder dims = OnnxMl.TensorShapeProto.newBuilder();
        for (long axis : shape) {
            OnnxMl.TensorShapeProto.Dimension.Builder dim = OnnxMl.TensorShapeProto.Dimension.newBuilder();
            dims.addDim(axis < 0 ? dim.setDimParam("N") : dim.setDimValue(axis));
        }
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(type)
                                .setShape(dims)))
                .build();
    }

    private static List<Long> boxed(long... values) {
        List<Long> boxed = new ArrayList<>();
        for (long value : values) {
            boxed.add(value);
        }
        return boxed;
    }
}
