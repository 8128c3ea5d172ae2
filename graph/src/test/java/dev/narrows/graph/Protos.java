package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.ByteBuffer;

/** Small ONNX files for tests, as protobuf messages. */
final class Protos {

    private Protos() {}

    /** {@code y = Relu(x + w)}, all f32 (4), w = (1, 2, 3, 4) in float_data. */
    static ModelProto.Builder model() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("small")
                .addInput(value("x", 4))
                .addOutput(value("y", 4))
                .addInitializer(floats("w", 1, 2, 3, 4))
                .addNode(node("Add", "x w", "sum").setName("add"))
                .addNode(node("Relu", "sum", "y").setName("relu"));
        return model(graph);
    }

    static ModelProto.Builder model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
                .setGraph(graph);
    }

    static NodeProto.Builder node(String type, String inputs, String outputs) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(type);
        if (!inputs.isEmpty()) {
            for (String input : inputs.split(" ", -1)) {
                node.addInput(input);
            }
        }
        for (String output : outputs.split(" ", -1)) {
            node.addOutput(output);
        }
        return node;
    }

    static ValueInfoProto.Builder value(String name, long... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long dim : dims) {
            shape.addDimBuilder().setDimValue(dim);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)));
    }

    static TensorProto.Builder floats(String name, float... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(1).addDims(values.length);
        for (float value : values) {
            tensor.addFloatData(value);
        }
        return tensor;
    }

    static AttributeProto.Builder graph(String name, GraphProto.Builder graph) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.GRAPH)
                .setG(graph);
    }

    static Network read(ModelProto.Builder model) {
        return OnnxReader.read(ByteBuffer.wrap(model.build().toByteArray()), OnnxReader.ExternalData.NONE);
    }

    static ModelProto parse(ByteBuffer written) {
        try {
            return ModelProto.parseFrom(written.duplicate());
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError("what was written is no ONNX file", e);
        }
    }
}
