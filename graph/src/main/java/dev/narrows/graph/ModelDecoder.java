package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns a parsed ONNX file into a checked network. */
final class ModelDecoder {

    /** The name of graphs that have none; ONNX wants one. */
    private static final String UNNAMED = "network";

    private ModelDecoder() {}

    static Network decode(ModelProto model, OnnxReader.ExternalData external) {
        if (!model.hasGraph()) {
            throw new MalformedException("model: no graph (expected: an ONNX file)");
        }
        if (!model.hasIrVersion()) {
            throw new MalformedException("model: no IR version (expected: an ONNX file)");
        }
        Validator.checkIrVersion(model.getIrVersion());
        GraphProto graph = model.getGraph();
        refuseExternalInUnread(model);
        TensorDecoder tensors = new TensorDecoder(external);
        Map<String, ConstantTensor> initializers = initializers(graph, tensors);
        Network network = new Network(
                graph.getName().isEmpty() ? UNNAMED : graph.getName(),
                Math.max(OnnxReader.FIRST_IR_WITH_CONSTANT_INITIALIZERS, model.getIrVersion()),
                opsets(model),
                inputs(graph, initializers),
                ValueInfos.decode(graph.getOutputList()),
                new GraphDecoder(tensors).nodes(graph),
                initializers,
                valueInfos(graph),
                metadata(model),
                new Network.Extras(Residue.of(model), Residue.of(graph)));
        Validator.check(network);
        return network;
    }

    private static List<OpsetImport> opsets(ModelProto model) {
        List<OpsetImport> opsets = new ArrayList<>();
        for (OperatorSetIdProto opset : model.getOpsetImportList()) {
            OpsetImport decoded = new OpsetImport(opset.getDomain(), opset.getVersion());
            if (!opsets.contains(decoded)) {
                opsets.add(decoded);
            }
        }
        return opsets;
    }

    private static Map<String, ConstantTensor> initializers(GraphProto graph, TensorDecoder tensors) {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (initializers.put(tensor.getName(), tensors.decode(tensor)) != null) {
                throw new InvalidException(
                        "initializer: given twice (expected: once), tensor \"" + tensor.getName() + "\"");
            }
        }
        return initializers;
    }

    private static List<ValueInfo> inputs(GraphProto graph, Map<String, ConstantTensor> initializers) {
        List<ValueInfo> inputs = new ArrayList<>(ValueInfos.decode(graph.getInputList()));
        inputs.removeIf(input -> initializers.containsKey(input.name()));
        return inputs;
    }

    private static Map<String, ValueInfo> valueInfos(GraphProto graph) {
        Map<String, ValueInfo> valueInfos = new LinkedHashMap<>();
        for (ValueInfo value : ValueInfos.decode(graph.getValueInfoList())) {
            ValueInfo other = valueInfos.put(value.name(), value);
            if (other != null && !other.equals(value)) {
                throw new InvalidException("value info: two of them (expected: one), value \"" + value.name() + "\"");
            }
        }
        return valueInfos;
    }

    private static Map<String, String> metadata(ModelProto model) {
        Map<String, String> metadata = new LinkedHashMap<>();
        for (StringStringEntryProto entry : model.getMetadataPropsList()) {
            if (metadata.put(entry.getKey(), entry.getValue()) != null) {
                throw new InvalidException("metadata: key \"" + entry.getKey() + "\" twice (expected: once)");
            }
        }
        return metadata;
    }

    private static void refuseExternalInUnread(ModelProto model) {
        for (FunctionProto function : model.getFunctionsList()) {
            Located.run("function \"" + function.getName() + "\"", () -> {
                for (NodeProto node : function.getNodeList()) {
                    node.getAttributeList().forEach(GraphDecoder::refuseExternal);
                }
                for (AttributeProto attribute : function.getAttributeProtoList()) {
                    GraphDecoder.refuseExternal(attribute);
                }
            });
        }
        for (SparseTensorProto sparse : model.getGraph().getSparseInitializerList()) {
            GraphDecoder.refuseExternal(sparse.getValues());
            GraphDecoder.refuseExternal(sparse.getIndices());
        }
    }
}
