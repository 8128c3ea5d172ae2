package dev.narrows.shrink;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A network with an If: y = 2 · b·shared if the sum of b is above 0, else b, where b = tanh(x·shared)·own; the first branch
 * reads {@code b} and {@code shared} of the graph around it.
 */
final class Conditional {

    private static final int SIDE = 16;
    private static final int FLOAT = 1;

    private Conditional() {}

    static Network network() {
        SplittableRandom random = new SplittableRandom(3);
        GraphProto then = GraphProto.newBuilder()
                .setName("then")
                .addNode(node("MatMul", "product", "b", "shared"))
                .addNode(node("Add", "doubled", "product", "product"))
                .addOutput(value("doubled"))
                .build();
        GraphProto otherwise = GraphProto.newBuilder()
                .setName("else")
                .addNode(node("Identity", "same", "b"))
                .addOutput(value("same"))
                .build();
        GraphProto graph = GraphProto.newBuilder()
                .setName("conditional")
                .addInput(value("x"))
                .addOutput(value("y"))
                .addInitializer(weight("shared", random))
                .addInitializer(weight("own", random))
                .addInitializer(TensorProto.newBuilder()
                        .setName("zero")
                        .setDataType(FLOAT)
                        .addFloatData(0))
                .addNode(node("MatMul", "p", "x", "shared"))
                .addNode(node("Tanh", "a", "p"))
                .addNode(node("MatMul", "b", "a", "own"))
                .addNode(node("ReduceSum", "s", "b").toBuilder()
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("keepdims")
                                .setType(AttributeType.INT)
                                .setI(0)))
                .addNode(node("Greater", "c", "s", "zero"))
                .addNode(node("If", "y", "c").toBuilder()
                        .addAttribute(branch("then_branch", then))
                        .addAttribute(branch("else_branch", otherwise)))
                .build();
        return OnnxReader.read(
                ModelProto.newBuilder()
                        .setIrVersion(8)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
                        .setGraph(graph)
                        .build()
                        .toByteString()
                        .newInput(),
                OnnxReader.ExternalData.NONE);
    }

    private static AttributeProto branch(String name, GraphProto graph) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.GRAPH)
                .setG(graph)
                .build();
    }

    private static NodeProto node(String operator, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(List.of(inputs))
                .addOutput(output)
                .build();
    }

    private static ValueInfoProto value(String name) {
        TypeProto.Tensor type = TypeProto.Tensor.newBuilder().setElemType(FLOAT).build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(type.toBuilder()
                                .setShape(ai.onnx.proto.OnnxMl.TensorShapeProto.newBuilder()
                                        .addDim(dim(1))
                                        .addDim(dim(SIDE)))))
                .build();
    }

    private static ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension dim(long length) {
        return ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension.newBuilder()
                .setDimValue(length)
                .build();
    }

    private static TensorProto weight(String name, SplittableRandom random) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(FLOAT)
                .addDims(SIDE)
                .addDims(SIDE);
        for (int i = 0; i < SIDE * SIDE; i++) {
            tensor.addFloatData((float) random.nextDouble(-1, 1));
        }
        return tensor.build();
    }
}
