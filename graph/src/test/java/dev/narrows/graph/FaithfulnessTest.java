package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorAnnotation;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is compared with what was read as protobuf messages, by code of its own. */
class FaithfulnessTest {

    static List<Path> models() {
        return Models.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void write_networkOfOthers_losesNothing(Path file) throws IOException {
        ModelProto original = ModelProto.parseFrom(Files.readAllBytes(file));

        ModelProto written = Protos.parse(OnnxWriter.write(OnnxReader.read(file)));

        assertThat(canonical(written)).isEqualTo(canonical(original));
    }

    /** Every field that the format has, in one file, with unknown ones between them. */
    @Test
    void write_everyField_losesNothing() {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(1234, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                .build();
        StringStringEntryProto entry =
                StringStringEntryProto.newBuilder().setKey("k").setValue("v").build();
        ModelProto.Builder model = Protos.model()
                .setProducerName("p")
                .setProducerVersion("1")
                .setDomain("d")
                .setModelVersion(3)
                .setDocString("doc")
                .addMetadataProps(entry)
                .setUnknownFields(unknown);
        model.addTrainingInfoBuilder().getInitializationBuilder().setName("init");
        model.addFunctionsBuilder()
                .setName("F")
                .setDomain("lab")
                .addInput("a")
                .addOutput("b")
                .addNode(Protos.node("Relu", "a", "b"))
                .addOpsetImportBuilder()
                .setVersion(17);
        model.addOpsetImportBuilder().setDomain("lab").setVersion(1);
        GraphProto.Builder graph = model.getGraphBuilder()
                .setDocString("graph doc")
                .addMetadataProps(entry)
                .setUnknownFields(unknown)
                .addValueInfo(Protos.value("sum", 4).setDocString("inner").addMetadataProps(entry))
                .addQuantizationAnnotation(
                        TensorAnnotation.newBuilder().setTensorName("sum").addQuantParameterTensorNames(entry));
        graph.getInputBuilder(0)
                .setDocString("input")
                .getTypeBuilder()
                .setDenotation("TENSOR")
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(0)
                .setDenotation("DATA_CHANNEL");
        graph.getInitializerBuilder(0)
                .setDocString("weight")
                .addMetadataProps(entry)
                .setUnknownFields(unknown);
        graph.addSparseInitializerBuilder()
                .addDims(4)
                .setValues(Protos.floats("s", 1, 2))
                .setIndices(TensorProto.newBuilder()
                        .setDataType(7)
                        .addDims(2)
                        .addInt64Data(0)
                        .addInt64Data(3));
        NodeProto.Builder node = graph.getNodeBuilder(0)
                .setDocString("node")
                .addMetadataProps(entry)
                .setUnknownFields(unknown)
                .setInput(1, "s");
        node.addAttributeBuilder()
                .setName("t")
                .setDocString("attribute")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(Protos.floats("inside", 1).addMetadataProps(entry).setDocString("value"))
                .setUnknownFields(unknown);
        graph.getNodeBuilder(1).setDomain("lab").setOpType("F");

        Network network = Protos.read(model);
        ByteBuffer written = OnnxWriter.write(network);

        assertThat(canonical(Protos.parse(written))).isEqualTo(canonical(model.build()));
        assertThat(OnnxReader.read(written, OnnxReader.ExternalData.NONE)).isEqualTo(network);
        assertThat(network.constantNames()).contains("s", "w").doesNotContain("sum");
    }

    /*
     * Two files that mean the same become the same: elements as packed bytes, IR version 4 at least, no initializers
     * among the inputs, no empty texts, axes of unknown length without a value.
     */
    private static ModelProto canonical(ModelProto model) {
        ModelProto.Builder same = model.toBuilder().setIrVersion(Math.max(4, model.getIrVersion()));
        same.getOpsetImportBuilderList().forEach(opset -> {
            if (opset.getDomain().isEmpty()) {
                opset.clearDomain();
            }
        });
        same.setGraph(canonical(model.getGraph(), true));
        return same.build();
    }

    private static GraphProto canonical(GraphProto graph, boolean main) {
        GraphProto.Builder same = graph.toBuilder();
        Set<String> initializers =
                graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
        if (main) {
            same.clearInput();
            graph.getInputList().stream()
                    .filter(input -> !initializers.contains(input.getName()))
                    .forEach(same::addInput);
            if (graph.getName().isEmpty()) {
                same.setName("network");
            }
        }
        same.getInputBuilderList().forEach(FaithfulnessTest::simplify);
        same.getOutputBuilderList().forEach(FaithfulnessTest::simplify);
        same.getValueInfoBuilderList().forEach(FaithfulnessTest::simplify);
        same.getInitializerBuilderList().forEach(FaithfulnessTest::pack);
        for (NodeProto.Builder node : same.getNodeBuilderList()) {
            if (node.getName().isEmpty()) {
                node.clearName();
            }
            if (node.getDomain().isEmpty()) {
                node.clearDomain();
            }
            for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
                if (attribute.hasT()) {
                    pack(attribute.getTBuilder());
                }
                if (attribute.hasG()) {
                    attribute.setG(canonical(attribute.getG(), false));
                }
            }
        }
        return same.build();
    }

    private static void simplify(ai.onnx.proto.OnnxMl.ValueInfoProto.Builder value) {
        if (value.getDocString().isEmpty()) {
            value.clearDocString();
        }
        if (value.getType().getTensorType().hasShape()) {
            value.getTypeBuilder()
                    .getTensorTypeBuilder()
                    .getShapeBuilder()
                    .getDimBuilderList()
                    .forEach(dim -> {
                        if (dim.hasDimValue()
                                ? dim.getDimValue() < 0
                                : dim.getDimParam().isEmpty()) {
                            dim.clearValue();
                        }
                    });
        }
    }

    private static void pack(TensorProto.Builder tensor) {
        ByteBuffer bytes = ByteBuffer.allocate(
                        8 * (tensor.getFloatDataCount() + tensor.getInt32DataCount() + tensor.getInt64DataCount()))
                .order(ByteOrder.LITTLE_ENDIAN);
        tensor.getFloatDataList().forEach(bytes::putFloat);
        tensor.getInt64DataList().forEach(bytes::putLong);
        for (int value : tensor.getInt32DataList()) {
            switch (tensor.getDataType()) {
                case 2, 3, 9 -> bytes.put((byte) value);
                case 4, 5, 10, 16 -> bytes.putShort((short) value);
                default -> bytes.putInt(value);
            }
        }
        if (!tensor.hasRawData() && tensor.getDataType() != 8) {
            tensor.setRawData(ByteString.copyFrom(bytes.flip()));
        }
        tensor.clearFloatData().clearInt32Data().clearInt64Data();
        if (tensor.getName().isEmpty()) {
            tensor.clearName();
        }
        if (tensor.getDocString().isEmpty()) {
            tensor.clearDocString();
        }
    }
}
