package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads nodes and the graphs inside them. */
final class GraphDecoder {

    private final TensorDecoder tensors;

    GraphDecoder(TensorDecoder tensors) {
        this.tensors = tensors;
    }

    /** The nodes in an order in which they can run. */
    List<Node> nodes(GraphProto graph) {
        List<Node> nodes = decodeNodes(graph);
        List<Node> sorted = new ArrayList<>(nodes.size());
        for (int index : Wiring.order(nodes)) {
            sorted.add(nodes.get(index));
        }
        return sorted;
    }

    private List<Node> decodeNodes(GraphProto graph) {
        List<Node> nodes = new ArrayList<>(graph.getNodeCount());
        for (NodeProto node : graph.getNodeList()) {
            nodes.add(Located.in("node \"" + label(node) + "\"", () -> node(node)));
        }
        return nodes;
    }

    private static String label(NodeProto node) {
        boolean named = !node.getName().isEmpty() || node.getOutputCount() == 0;
        return named ? node.getName() : node.getOpType() + " → " + node.getOutput(0);
    }

    private Node node(NodeProto proto) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        for (AttributeProto attribute : proto.getAttributeList()) {
            String name = attribute.getName();
            Attribute value = Located.in("attribute \"" + name + "\"", () -> attribute(attribute));
            if (attributes.put(name, value) != null) {
                throw new InvalidException("attribute: \"" + name + "\" twice (expected: once)");
            }
        }
        return new Node(
                proto.getName(),
                proto.getOpType(),
                proto.getDomain(),
                proto.getInputList(),
                proto.getOutputList(),
                attributes,
                Residue.of(proto));
    }

    private Attribute attribute(AttributeProto attribute) {
        if (attribute.getName().isEmpty()) {
            throw new InvalidException("attribute: no name (expected: one)");
        }
        if (!attribute.getRefAttrName().isEmpty()) {
            throw new InvalidException("attribute: refers to \"" + attribute.getRefAttrName()
                    + "\" (expected: a value; only nodes of functions may refer)");
        }
        if (Attributes.isOpaque(attribute)) {
            refuseExternal(attribute);
        }
        return Attributes.decode(attribute, tensors::decode, this::subgraph);
    }

    /** What is carried unread cannot follow a model to where its external data is not. */
    static void refuseExternal(AttributeProto attribute) {
        List<TensorProto> carried = new ArrayList<>(attribute.getTensorsList());
        carried.add(attribute.getT());
        carried.add(attribute.getSparseTensor().getValues());
        carried.add(attribute.getSparseTensor().getIndices());
        attribute.getSparseTensorsList().forEach(sparse -> {
            carried.add(sparse.getValues());
            carried.add(sparse.getIndices());
        });
        carried.forEach(GraphDecoder::refuseExternal);
        List<GraphProto> graphs = new ArrayList<>(attribute.getGraphsList());
        graphs.add(attribute.getG());
        for (GraphProto graph : graphs) {
            graph.getInitializerList().forEach(GraphDecoder::refuseExternal);
            for (NodeProto node : graph.getNodeList()) {
                node.getAttributeList().forEach(GraphDecoder::refuseExternal);
            }
        }
    }

    static void refuseExternal(TensorProto tensor) {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            throw new UnsupportedException(
                    "data: in another file (expected: in the model file), tensor \"" + tensor.getName() + "\"");
        }
    }

    /* The bytes that are written back are not always those that were read: nodes are put in order and external data is
     * put in, so that the graph stands for itself. */
    private Subgraph subgraph(GraphProto proto) {
        return Located.in("graph \"" + proto.getName() + "\"", () -> {
            List<Node> nodes = decodeNodes(proto);
            int[] order = Wiring.order(nodes);
            List<Node> sorted = new ArrayList<>(nodes.size());
            GraphProto.Builder encoded = proto.toBuilder().clearNode().clearInitializer();
            for (int index : order) {
                Node node = nodes.get(index);
                sorted.add(node);
                encoded.addNode(
                        node.subgraphs().isEmpty() && !hasExternal(proto.getNode(index))
                                ? proto.getNode(index)
                                : GraphEncoder.encode(node));
            }
            List<ConstantTensor> initializers = new ArrayList<>(proto.getInitializerCount());
            for (TensorProto tensor : proto.getInitializerList()) {
                ConstantTensor decoded = tensors.decode(tensor);
                initializers.add(decoded);
                encoded.addInitializer(
                        isExternal(tensor) ? TensorEncoder.encode(decoded, Residue.rest(tensor)) : tensor);
            }
            List<ValueInfo> inputs = ValueInfos.decode(proto.getInputList());
            List<ValueInfo> outputs = ValueInfos.decode(proto.getOutputList());
            return new Subgraph(
                    proto.getName(),
                    inputs,
                    outputs,
                    sorted,
                    initializers,
                    captured(proto, sorted),
                    new Encoded(encoded.build().toByteString()));
        });
    }

    private static boolean isExternal(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }

    private static boolean hasExternal(NodeProto node) {
        return node.getAttributeList().stream().anyMatch(attribute -> isExternal(attribute.getT()));
    }

    /** The names of outer values that a graph uses, in order of first use. */
    private static List<String> captured(GraphProto proto, List<Node> sorted) {
        Set<String> own = new LinkedHashSet<>();
        proto.getInputList().forEach(input -> own.add(input.getName()));
        proto.getInitializerList().forEach(tensor -> own.add(tensor.getName()));
        proto.getSparseInitializerList()
                .forEach(tensor -> own.add(tensor.getValues().getName()));
        sorted.forEach(node -> own.addAll(node.outputs()));
        Set<String> captured = new LinkedHashSet<>();
        sorted.forEach(node -> captured.addAll(node.uses()));
        proto.getOutputList().forEach(output -> captured.add(output.getName()));
        captured.removeAll(own);
        captured.remove("");
        return List.copyOf(captured);
    }
}
