package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Map;

/** Turns networks into protobuf messages. */
final class GraphEncoder {

    private GraphEncoder() {}

    static ModelProto encode(Network network, Map<String, OnnxWriter.Place> external) {
        ModelProto.Builder model = Residue.model(network).toBuilder()
                .setIrVersion(Math.max(OnnxReader.FIRST_IR_WITH_CONSTANT_INITIALIZERS, network.irVersion()));
        for (OpsetImport opset : network.opsets()) {
            model.addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain(opset.domain()).setVersion(opset.version()));
        }
        network.metadata()
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.setGraph(graph(network, external)).build();
    }

    private static GraphProto graph(Network network, Map<String, OnnxWriter.Place> external) {
        GraphProto residue = Residue.graph(network);
        Map<String, TensorProto> stubs = Residue.initializers(residue);
        GraphProto.Builder graph = residue.toBuilder().clearInitializer().setName(network.name());
        network.nodes().forEach(node -> graph.addNode(encode(node)));
        network.initializers().forEach((name, tensor) -> {
            TensorProto stub = stubs.getOrDefault(name, TensorProto.getDefaultInstance());
            OnnxWriter.Place place = external.get(name);
            graph.addInitializer(
                    place == null
                            ? TensorEncoder.encode(tensor, stub)
                            : TensorEncoder.encodeExternal(tensor, stub, place));
        });
        network.inputs().forEach(value -> graph.addInput(ValueInfos.encode(value)));
        network.outputs().forEach(value -> graph.addOutput(ValueInfos.encode(value)));
        network.valueInfos().values().forEach(value -> graph.addValueInfo(ValueInfos.encode(value)));
        return graph.build();
    }

    static NodeProto encode(Node node) {
        NodeProto residue = Residue.node(node);
        Map<String, AttributeProto> stubs = Residue.attributes(residue);
        NodeProto.Builder proto = residue.toBuilder()
                .clearAttribute()
                .addAllInput(node.inputs())
                .addAllOutput(node.outputs())
                .setOpType(node.opType());
        if (!node.name().isEmpty()) {
            proto.setName(node.name());
        }
        if (!node.domain().isEmpty()) {
            proto.setDomain(node.domain());
        }
        node.attributes()
                .forEach((name, attribute) -> proto.addAttribute(Attributes.encode(
                        name, attribute, stubs.getOrDefault(name, AttributeProto.getDefaultInstance()))));
        return proto.build();
    }
}
