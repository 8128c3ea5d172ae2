package dev.narrows.shrink;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** What {@link Sketch} has no words for: networks changed as ONNX's protobuf messages, and read back. */
final class Messages {

    static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    static final int INT64 = TensorProto.DataType.INT64_VALUE;
    static final int BOOL = TensorProto.DataType.BOOL_VALUE;

    private Messages() {}

    static ModelProto of(Network network) {
        try {
            return ModelProto.parseFrom(OnnxWriter.write(network));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("what was written is no ONNX file", e);
        }
    }

    static Network edited(Network network, Consumer<ModelProto.Builder> edit) {
        ModelProto.Builder model = of(network).toBuilder();
        edit.accept(model);
        return OnnxReader.read(ByteBuffer.wrap(model.build().toByteArray()), OnnxReader.ExternalData.NONE);
    }

    /** With everything that a file may say about itself, and on its nodes. */
    static Network documented(Network network) {
        return edited(network, model -> {
            model.setProducerName("a lab")
                    .setProducerVersion("1.2")
                    .setDomain("lab.example")
                    .setModelVersion(7)
                    .setDocString("what it is for")
                    .clearMetadataProps()
                    .addMetadataProps(entry("author", "nobody"))
                    .addMetadataProps(entry("empty", ""));
            model.getGraphBuilder().setDocString("how it works");
            model.getGraphBuilder().getNodeBuilderList().forEach(node -> node.setDocString("a step"));
            model.getGraphBuilder().getInputBuilderList().forEach(input -> input.setDocString("what goes in"));
            model.getGraphBuilder().getOutputBuilderList().forEach(output -> output.setDocString("what comes out"));
        });
    }

    private static StringStringEntryProto.Builder entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    /** {@code "Add a b -> c"}. */
    static NodeProto.Builder node(String text) {
        String[] sides = text.split(" -> ", -1);
        List<String> left = List.of(sides[0].split(" ", -1));
        return NodeProto.newBuilder()
                .setOpType(left.get(0))
                .addAllInput(left.subList(1, left.size()))
                .addAllOutput(List.of(sides[1].split(" ", -1)));
    }

    static ValueInfoProto.Builder value(String name, int type, long... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long dim : dims) {
            shape.addDimBuilder().setDimValue(dim);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)));
    }

    static TensorProto.Builder floats(String name, float[] values, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        for (float value : values) {
            tensor.addFloatData(value);
        }
        return tensor;
    }

    static GraphProto.Builder graph(String name, String... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName(name);
        for (String node : nodes) {
            graph.addNode(node(node));
        }
        return graph;
    }

    static AttributeProto.Builder attribute(String name, GraphProto.Builder graph) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph);
    }

    /** {@code "Relu a -> b"} as a function of domain {@code lab}. */
    static FunctionProto.Builder function(String name, List<String> inputs, String output, String... nodes) {
        FunctionProto.Builder function = FunctionProto.newBuilder()
                .setName(name)
                .setDomain("lab")
                .addAllInput(inputs)
                .addOutput(output)
                .addOpsetImport(opset("", 17));
        for (String node : nodes) {
            function.addNode(node(node));
        }
        return function;
    }

    static OperatorSetIdProto.Builder opset(String domain, long version) {
        return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version);
    }
}
