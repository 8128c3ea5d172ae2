package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is left of a protobuf message when everything that {@link Network} has words for is taken out: what reading
 * keeps as bytes and writing puts back. Entries of lists leave a stub that is found again by its name.
 */
final class Residue {

    private Residue() {}

    static Encoded of(ModelProto model) {
        return encoded(model.toBuilder()
                .clearIrVersion()
                .clearOpsetImport()
                .clearGraph()
                .clearMetadataProps()
                .build());
    }

    static Encoded of(GraphProto graph) {
        GraphProto.Builder rest = graph.toBuilder()
                .clearName()
                .clearNode()
                .clearInitializer()
                .clearInput()
                .clearOutput()
                .clearValueInfo();
        for (TensorProto tensor : graph.getInitializerList()) {
            TensorProto stub = rest(tensor);
            if (stub.getSerializedSize() > 0) {
                rest.addInitializer(stub.toBuilder().setName(tensor.getName()));
            }
        }
        return encoded(rest.build());
    }

    static Encoded of(NodeProto node) {
        NodeProto.Builder rest = node.toBuilder()
                .clearName()
                .clearOpType()
                .clearDomain()
                .clearInput()
                .clearOutput()
                .clearAttribute();
        for (AttributeProto attribute : node.getAttributeList()) {
            AttributeProto stub = rest(attribute);
            if (stub.getSerializedSize() > 0) {
                rest.addAttribute(stub.toBuilder().setName(attribute.getName()));
            }
        }
        return encoded(rest.build());
    }

    static ModelProto model(Network network) {
        try {
            return ModelProto.parseFrom(network.extra().model().bytes());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidException("extra: no ModelProto, network \"" + network.name() + "\"", e);
        }
    }

    static GraphProto graph(Network network) {
        try {
            return GraphProto.parseFrom(network.extra().graph().bytes());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidException("extra: no GraphProto, network \"" + network.name() + "\"", e);
        }
    }

    static NodeProto node(Node node) {
        try {
            return NodeProto.parseFrom(node.extra().bytes());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidException("extra: no NodeProto, " + Located.node(node), e);
        }
    }

    /** The stubs of a graph's initializers by name. */
    static Map<String, TensorProto> initializers(GraphProto residue) {
        Map<String, TensorProto> stubs = new HashMap<>();
        for (TensorProto stub : residue.getInitializerList()) {
            stubs.put(stub.getName(), stub);
        }
        return stubs;
    }

    /** The stubs of a node's attributes by name. */
    static Map<String, AttributeProto> attributes(NodeProto residue) {
        Map<String, AttributeProto> stubs = new HashMap<>();
        for (AttributeProto stub : residue.getAttributeList()) {
            stubs.put(stub.getName(), stub);
        }
        return stubs;
    }

    /** The names of a network's sparse initializers, which it carries unread. */
    static List<String> sparseNames(Network network) {
        if (network.extra().graph().isEmpty()) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (SparseTensorProto sparse : graph(network).getSparseInitializerList()) {
            names.add(sparse.getValues().getName());
        }
        return names;
    }

    /**
     * A network's residue without what is about values that a part of it has not.
     *
     * @param used the values that the part's nodes and outputs use
     * @param made the values that its nodes make
     */
    static Encoded graphWith(Network network, Set<String> used, Set<String> made) {
        if (network.extra().graph().isEmpty()) {
            return Encoded.NONE;
        }
        GraphProto all = graph(network);
        GraphProto.Builder part =
                all.toBuilder().clearInitializer().clearSparseInitializer().clearQuantizationAnnotation();
        all.getInitializerList().stream()
                .filter(stub -> used.contains(stub.getName()))
                .forEach(part::addInitializer);
        all.getSparseInitializerList().stream()
                .filter(sparse -> used.contains(sparse.getValues().getName()))
                .forEach(part::addSparseInitializer);
        // the scales and zero points that it names must be there too
        all.getQuantizationAnnotationList().stream()
                .filter(annotation ->
                        used.contains(annotation.getTensorName()) || made.contains(annotation.getTensorName()))
                .filter(annotation -> annotation.getQuantParameterTensorNamesList().stream()
                        .allMatch(parameter -> used.contains(parameter.getValue())))
                .forEach(part::addQuantizationAnnotation);
        return encoded(part.build());
    }

    static TensorProto rest(TensorProto tensor) {
        return tensor.toBuilder()
                .clearName()
                .clearDocString()
                .clearDims()
                .clearDataType()
                .clearRawData()
                .clearFloatData()
                .clearInt32Data()
                .clearInt64Data()
                .clearDoubleData()
                .clearUint64Data()
                .clearStringData()
                .clearExternalData()
                .clearDataLocation()
                .build();
    }

    private static AttributeProto rest(AttributeProto attribute) {
        if (Attributes.isOpaque(attribute)) {
            return AttributeProto.getDefaultInstance();
        }
        AttributeProto.Builder rest = attribute.toBuilder()
                .clearName()
                .clearType()
                .clearF()
                .clearI()
                .clearS()
                .clearT()
                .clearG()
                .clearFloats()
                .clearInts()
                .clearStrings();
        TensorProto tensor = rest(attribute.getT());
        if (tensor.getSerializedSize() > 0) {
            rest.setT(tensor);
        }
        return rest.build();
    }

    private static Encoded encoded(com.google.protobuf.MessageLite rest) {
        return rest.getSerializedSize() == 0 ? Encoded.NONE : new Encoded(rest.toByteString());
    }
}
