package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class OnnxReaderTest {

    @Test
    void read_smallModel_hasItsParts() {
        Network network = Protos.read(Protos.model());

        assertThat(network.name()).isEqualTo("small");
        assertThat(network.opset()).isEqualTo(17);
        assertThat(network.inputs())
                .containsExactly(ValueInfo.of("x", TensorType.of(ElementType.FLOAT, List.of(new Dim.Known(4)))));
        assertThat(network.nodes()).extracting(Node::name).containsExactly("add", "relu");
        assertThat(network.constants().values().iterator().next().data().getFloat(8))
                .isEqualTo(3);
        assertThat(network.producers()).containsEntry("sum", 0).containsEntry("y", 1);
        assertThat(network.users()).containsEntry("sum", List.of(1)).containsEntry("x", List.of(0));
    }

    @Test
    void read_stream_givesTheSameAsABuffer() {
        byte[] bytes = Protos.model().build().toByteArray();

        assertThat(OnnxReader.read(new ByteArrayInputStream(bytes), OnnxReader.ExternalData.NONE))
                .isEqualTo(Protos.read(Protos.model()));
    }

    @Test
    void read_partOfABuffer_readsThatPartAndLeavesThePosition() {
        byte[] bytes = Protos.model().build().toByteArray();
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length + 7);
        buffer.position(3).put(3, bytes).limit(3 + bytes.length);

        assertThat(OnnxReader.read(buffer, OnnxReader.ExternalData.NONE)).isEqualTo(Protos.read(Protos.model()));
        assertThat(buffer.position()).isEqualTo(3);
    }

    @Test
    void read_failingStream_isUnavailable() {
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("cable cut");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                throw new IOException("cable cut");
            }
        };

        assertThatThrownBy(() -> OnnxReader.read(failing, OnnxReader.ExternalData.NONE))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("cable cut");
    }

    @Test
    void read_nodesOutOfOrder_sortsThemAndKeepsTheRest() {
        ModelProto.Builder model = Protos.model();
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.clearNode()
                .addNode(Protos.node("Neg", "c", "y"))
                .addNode(Protos.node("Abs", "x", "a"))
                .addNode(Protos.node("Exp", "x", "b"))
                .addNode(Protos.node("Add", "a b", "c"));

        assertThat(Protos.read(model).nodes()).extracting(Node::opType).containsExactly("Abs", "Exp", "Add", "Neg");
    }

    @Test
    void read_initializerAmongInputs_isNoInputAndIrIsFour() {
        ModelProto.Builder model = Protos.model().setIrVersion(3);
        model.getGraphBuilder().addInput(Protos.value("w", 4));

        Network network = Protos.read(model);

        assertThat(network.inputs()).extracting(ValueInfo::name).containsExactly("x");
        assertThat(network.irVersion()).isEqualTo(4);
    }

    @Test
    void read_dims_keepNamesAndUnknownLengths() {
        ModelProto.Builder model = Protos.model();
        var shape = model.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder();
        shape.clearDim();
        shape.addDimBuilder().setDimParam("batch");
        shape.addDimBuilder().setDimValue(-1);
        shape.addDimBuilder();
        shape.addDimBuilder().setDimValue(0);

        ValueInfo input = Protos.read(model).inputs().get(0);

        assertThat(input.type().orElseThrow().shape().orElseThrow())
                .containsExactly(new Dim.Symbol("batch"), new Dim.Unknown(), new Dim.Unknown(), new Dim.Known(0));
        assertThat(input.encoded().isEmpty()).isTrue();
    }

    @Test
    void read_sequenceInput_keepsItsTypeAsBytes() {
        ModelProto.Builder model = Protos.model();
        TypeProto sequence = TypeProto.newBuilder()
                .setSequenceType(TypeProto.Sequence.newBuilder()
                        .setElemType(Protos.value("x", 4).getType()))
                .build();
        model.getGraphBuilder().addInputBuilder().setName("list").setType(sequence);

        Network network = Protos.read(model);

        assertThat(network.inputs().get(1).type()).isEmpty();
        assertThat(Protos.parse(OnnxWriter.write(network))
                        .getGraph()
                        .getInput(1)
                        .getType())
                .isEqualTo(sequence);
    }

    @Test
    void read_attributes_ofEveryKind() {
        ModelProto.Builder model = Protos.model();
        var node = model.getGraphBuilder().getNodeBuilder(0);
        node.setDomain("lab").setOpType("Any");
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("lab").setVersion(1));
        node.addAttributeBuilder().setName("f").setType(AttributeType.FLOAT).setF(0.5f);
        node.addAttributeBuilder().setName("i").setType(AttributeType.INT).setI(-7);
        node.addAttributeBuilder().setName("zero").setType(AttributeType.INT);
        node.addAttributeBuilder()
                .setName("s")
                .setType(AttributeType.STRING)
                .setS(com.google.protobuf.ByteString.copyFromUtf8("Käse"));
        node.addAttributeBuilder()
                .setName("binary")
                .setType(AttributeType.STRING)
                .setS(com.google.protobuf.ByteString.copyFrom(new byte[] {(byte) 0xff, 0}));
        node.addAttributeBuilder()
                .setName("fs")
                .setType(AttributeType.FLOATS)
                .addFloats(1)
                .addFloats(Float.NaN);
        node.addAttributeBuilder()
                .setName("is")
                .setType(AttributeType.INTS)
                .addInts(1)
                .addInts(Long.MIN_VALUE);
        node.addAttributeBuilder().setName("none").setType(AttributeType.INTS);
        node.addAttributeBuilder()
                .setName("ss")
                .setType(AttributeType.STRINGS)
                .addStrings(com.google.protobuf.ByteString.copyFromUtf8("a"));
        node.addAttributeBuilder().setName("t").setType(AttributeType.TENSOR).setT(Protos.floats("", 1));
        node.addAttributeBuilder().setName("ts").setType(AttributeType.TENSORS).addTensors(Protos.floats("a", 1));
        node.addAttributeBuilder()
                .setName("tp")
                .setType(AttributeType.TYPE_PROTO)
                .setTp(Protos.value("x", 1).getType());

        Network network = Protos.read(model);
        Node read = network.nodes().get(0);

        assertThat(read.floatAttribute("f", 0)).isEqualTo(0.5f);
        assertThat(read.intAttribute("i", 0)).isEqualTo(-7);
        assertThat(read.intAttribute("zero", 1)).isZero();
        assertThat(read.textAttribute("s", "")).isEqualTo("Käse");
        assertThat(read.attributes().get("binary")).isEqualTo(new Attribute.Text("\u00ff\0", true));
        assertThat(read.attributes().get("fs")).isEqualTo(new Attribute.Floats(List.of(1f, Float.NaN)));
        assertThat(read.intsAttribute("is")).contains(List.of(1L, Long.MIN_VALUE));
        assertThat(read.intsAttribute("none")).contains(List.of());
        assertThat(read.attributes().get("ss")).isEqualTo(new Attribute.Texts(List.of("a")));
        assertThat(read.attributes().get("t")).isInstanceOf(Attribute.TensorValue.class);
        assertThat(read.attributes().get("ts")).isInstanceOf(Attribute.Opaque.class);
        assertThat(read.attributes().get("tp")).isInstanceOf(Attribute.Opaque.class);
        var written = Protos.parse(OnnxWriter.write(network)).getGraph().getNode(0);
        assertThat(written.getAttributeList().stream().map(AttributeProto::getName))
                .containsExactlyElementsOf(read.attributes().keySet());
        assertThat(written.getAttribute(10)).isEqualTo(node.getAttribute(10));
        assertThat(written.getAttribute(4)).isEqualTo(node.getAttribute(4));
    }

    @Test
    void read_emptyOptionalInputs_areKept() {
        ModelProto.Builder model = Protos.model();
        model.getGraphBuilder()
                .getNodeBuilder(0)
                .setOpType("Clip")
                .clearInput()
                .addInput("x")
                .addInput("")
                .addInput("w");

        assertThat(Protos.read(model).nodes().get(0).inputs()).containsExactly("x", "", "w");
        assertThat(Protos.read(model).nodes().get(0).uses()).containsExactly("x", "w");
    }

    @Test
    void read_noBytes_isMalformed() {
        refuses(new byte[0], MalformedException.class, "model: 0 bytes");
    }

    @Test
    void read_text_isMalformed() {
        refuses(
                "<html>not found</html>".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                MalformedException.class,
                "byte 0");
    }

    @Test
    void read_versionsOutOfRange_areUnsupported() {
        refuses(model -> model.setIrVersion(2), UnsupportedException.class, "IR version: 2 (expected: 3 to 13)");
        refuses(model -> model.setIrVersion(14), UnsupportedException.class, "IR version: 14 (expected: 3 to 13)");
        refuses(model -> model.setIrVersion(-1), UnsupportedException.class, "IR version: -1");
        refuses(ModelProto.Builder::clearIrVersion, MalformedException.class, "no IR version");
        refuses(
                model -> model.getOpsetImportBuilder(0).setVersion(6),
                UnsupportedException.class,
                "opset: 6 (expected: 7 to 26)");
        refuses(model -> model.getOpsetImportBuilder(0).setVersion(27), UnsupportedException.class, "opset: 27");
        refuses(model -> model.clearOpsetImport(), InvalidException.class, "opset: none");
        refuses(
                model -> model.addOpsetImportBuilder().setDomain("ai.onnx").setVersion(18),
                InvalidException.class,
                "opset: 17 and 18 (expected: one version)");
    }

    @Test
    void read_brokenGraphs_areInvalid() {
        refuses(ModelProto.Builder::clearGraph, MalformedException.class, "no graph");
        refusesGraph(GraphProto.Builder::clearNode, "graph: no nodes");
        refusesGraph(GraphProto.Builder::clearOutput, "graph: no outputs");
        refusesGraph(
                graph -> graph.getNodeBuilder(1).setOutput(0, "sum"),
                "made by node \"add\" too",
                "value \"sum\"",
                "node \"relu\"");
        refusesGraph(graph -> graph.getNodeBuilder(1).setInput(0, "y"), "wait for each other", "node \"relu\"");
        refusesGraph(graph -> graph.getNodeBuilder(0).setInput(1, "v"), "input: \"v\"", "node \"add\"");
        refusesGraph(graph -> graph.getNodeBuilder(0).setInput(1, "y"), "wait for each other", "node \"add\"");
        refusesGraph(graph -> graph.getNodeBuilder(0).clearOpType(), "operator: none", "node \"add\"");
        refusesGraph(graph -> graph.getNodeBuilder(0).setDomain("lab"), "opset import", "node \"add\"");
        refusesGraph(graph -> graph.getNodeBuilder(1).clearOutput(), "outputs: none", "node \"relu\"");
        refusesGraph(graph -> graph.addNode(Protos.node("Exp", "x", "w")), "given twice", "value \"w\"", "\"Exp → w\"");
        refusesGraph(graph -> graph.addInput(Protos.value("x", 4)), "input: given twice", "\"x\"");
        refusesGraph(graph -> graph.addInput(Protos.value("", 4)), "input: no name");
        refusesGraph(graph -> graph.addOutput(Protos.value("y", 4)), "output: given twice", "\"y\"");
        refusesGraph(graph -> graph.addOutput(Protos.value("z", 4)), "output: made by no node", "\"z\"");
        refusesGraph(graph -> graph.getInputBuilder(0).clearType(), "input: no type", "\"x\"");
        refusesGraph(
                graph -> graph.getInputBuilder(0)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .clearElemType(),
                "input: no type",
                "\"x\"");
        refusesGraph(graph -> graph.addInitializer(graph.getInitializer(0)), "given twice", "tensor \"w\"");
        refusesGraph(graph -> graph.getInitializerBuilder(0).setDims(0, 5), "data: 16 bytes", "tensor \"w\"");
        refusesGraph(graph -> graph.getInitializerBuilder(0).setDims(0, -4), "axis: -4", "tensor \"w\"");
        refusesGraph(
                graph -> graph.getInitializerBuilder(0).setDims(0, 1L << 40).addDims(1L << 40),
                "too large",
                "tensor \"w\"");
        refusesGraph(graph -> graph.getInitializerBuilder(0).setDims(0, 1L << 60), "too large", "tensor \"w\"");
        refusesGraph(graph -> graph.setInput(0, Protos.value("x", 1L << 40, 1L << 40)), "too large", "value \"x\"");
        refusesGraph(
                graph -> graph.addValueInfo(Protos.value("sum", 4)).addValueInfo(Protos.value("sum", 5)),
                "value info: two",
                "\"sum\"");
    }

    @Test
    void read_brokenAttributes_areInvalid() {
        refusesAttribute(a -> a.setName("alpha").setF(1), "attribute type: none", "attribute \"alpha\"");
        refusesAttribute(a -> a.setType(AttributeType.FLOAT).setF(1), "attribute: no name");
        refusesAttribute(a -> a.setName("alpha").setType(AttributeType.FLOAT).setI(1), "[INT] (expected: FLOAT)");
        refusesAttribute(
                a -> a.setName("alpha").setType(AttributeType.FLOAT).setF(1).setI(1), "[FLOAT, INT] (expected: FLOAT)");
        refusesAttribute(
                a -> a.setName("alpha").setType(AttributeType.FLOAT).setRefAttrName("beta"), "refers to \"beta\"");
        refusesGraph(
                graph -> {
                    AttributeProto.Builder alpha = AttributeProto.newBuilder()
                            .setName("alpha")
                            .setType(AttributeType.FLOAT)
                            .setF(1);
                    graph.getNodeBuilder(0).addAttribute(alpha).addAttribute(alpha);
                },
                "attribute: \"alpha\" twice",
                "node \"add\"");
    }

    @Test
    void read_unknownElementType_isUnsupported() {
        refuses(
                model -> model.getGraphBuilder().getInitializerBuilder(0).setDataType(77),
                UnsupportedException.class,
                "element type: 77",
                "tensor \"w\"");
        refuses(
                model -> model.getGraphBuilder()
                        .getInputBuilder(0)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .setElemType(77),
                UnsupportedException.class,
                "element type: 77",
                "value \"x\"");
    }

    @Test
    void read_hugeNamesAndRanks_giveShortErrors() {
        refusesGraph(graph -> graph.getInitializerBuilder(0).addAllDims(Collections.nCopies(64, 1L)), "axes: 65");
        refusesGraph(graph -> graph.setInput(0, Protos.value("x", new long[65])), "axes: 65", "value \"x\"");
        ModelProto.Builder model = Protos.model();
        model.getGraphBuilder().getNodeBuilder(0).setInput(1, "v".repeat(1_000_000));

        assertThatThrownBy(() -> Protos.read(model))
                .isInstanceOf(InvalidException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(3_000));
    }

    @Test
    void read_metadataKeyTwice_isInvalid() {
        StringStringEntryProto entry =
                StringStringEntryProto.newBuilder().setKey("k").setValue("v").build();
        refuses(
                model -> model.addMetadataProps(entry).addMetadataProps(entry),
                InvalidException.class,
                "metadata: key \"k\" twice");
    }

    private static void refusesAttribute(Consumer<AttributeProto.Builder> change, String... texts) {
        refusesGraph(graph -> change.accept(graph.getNodeBuilder(0).addAttributeBuilder()), texts);
    }

    private static void refusesGraph(Consumer<GraphProto.Builder> change, String... texts) {
        refuses(model -> change.accept(model.getGraphBuilder()), InvalidException.class, texts);
    }

    private static void refuses(
            Consumer<ModelProto.Builder> change, Class<? extends NarrowsException> type, String... texts) {
        ModelProto.Builder model = Protos.model();
        change.accept(model);
        refuses(model.build().toByteArray(), type, texts);
    }

    private static void refuses(byte[] bytes, Class<? extends NarrowsException> type, String... texts) {
        assertThatThrownBy(() -> OnnxReader.read(ByteBuffer.wrap(bytes), OnnxReader.ExternalData.NONE))
                .isInstanceOf(type)
                .hasMessageContainingAll(texts);
    }
}
