package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.narrows.errors.NarrowsException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of a broken file comes one of this project's errors, or a network that keeps the rules: nothing else. */
class BrokenFilesTest {

    /** Some files cost memory before they are refused; this is far from what a length that lies could claim. */
    private static final long MAX_ALLOCATED = 40_000_000;

    static List<Path> models() {
        return Models.all();
    }

    @Test
    void read_changedBytes_refusesOrReadsWell() {
        byte[] original = rich().build().toByteArray();
        Mutations mutations = new Mutations(1);
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int i = 0; i < 3_000; i++) {
            outcomes.merge(outcome(mutations.bytes(original)), 1, Integer::sum);
        }
        assertThat(outcomes).containsKeys("read", "MalformedException", "InvalidException", "UnsupportedException");
    }

    @Test
    void read_changedMessages_refusesOrReadsWell() {
        ModelProto original = rich().build();
        Mutations mutations = new Mutations(2);
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int i = 0; i < 2_000; i++) {
            outcomes.merge(outcome(mutations.message(original).toByteArray()), 1, Integer::sum);
        }
        assertThat(outcomes).containsKeys("read", "MalformedException", "InvalidException", "UnsupportedException");
        assertThat(outcomes.get("InvalidException")).isGreaterThan(700);
    }

    @ParameterizedTest
    @MethodSource("models")
    void read_changedNetworkOfOthers_refusesOrReadsWell(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ModelProto original = ModelProto.parseFrom(bytes);
        Mutations mutations = new Mutations(3);
        for (int i = 0; i < 6; i++) {
            outcome(mutations.bytes(bytes));
            outcome(mutations.message(original).toByteArray());
        }
    }

    private static String outcome(byte[] bytes) {
        long before = allocatedBytes();
        Network network;
        try {
            network = OnnxReader.read(ByteBuffer.wrap(bytes), OnnxReader.ExternalData.NONE);
        } catch (NarrowsException e) {
            assertThat(e.getMessage()).isNotBlank();
            return e.getClass().getSimpleName();
        } finally {
            assertThat(allocatedBytes() - before).as("bytes allocated").isLessThan(MAX_ALLOCATED + 60L * bytes.length);
        }
        Validator.check(network);
        Network again = OnnxReader.read(OnnxWriter.write(network), OnnxReader.ExternalData.NONE);
        assertThat(again).isEqualTo(network);
        network.constantNames();
        return "read";
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    /** A file with something of everything: subgraphs, functions, sparse and typed data, annotations. */
    private static ModelProto.Builder rich() {
        StringStringEntryProto entry =
                StringStringEntryProto.newBuilder().setKey("k").setValue("v").build();
        GraphProto.Builder branch = GraphProto.newBuilder()
                .setName("branch")
                .addInitializer(Protos.floats("v", 1, 2, 3, 4))
                .addNode(Protos.node("Add", "sum v", "t"))
                .addNode(Protos.node("Mul", "t x", "z"))
                .addOutput(Protos.value("z", 4));
        FunctionProto.Builder function = FunctionProto.newBuilder()
                .setName("F")
                .setDomain("lab")
                .addInput("a")
                .addOutput("b")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
                .addNode(Protos.node("Relu", "a", "b"));
        NodeProto.Builder constant = Protos.node("Constant", "", "c")
                .addAttribute(AttributeProto.newBuilder()
                        .setName("value")
                        .setType(AttributeProto.AttributeType.TENSOR)
                        .setT(TensorProto.newBuilder().setDataType(9).addInt32Data(1)));
        ModelProto.Builder model = Protos.model()
                .setProducerName("p")
                .addMetadataProps(entry)
                .addFunctions(function)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("lab").setVersion(1));
        GraphProto.Builder graph = model.getGraphBuilder()
                .addValueInfo(Protos.value("sum", 4))
                .addInitializer(TensorProto.newBuilder()
                        .setName("i")
                        .setDataType(7)
                        .addDims(2)
                        .addInt64Data(2)
                        .addInt64Data(-1))
                .addInitializer(TensorProto.newBuilder()
                        .setName("text")
                        .setDataType(8)
                        .addDims(1)
                        .addStringData(com.google.protobuf.ByteString.copyFromUtf8("é")));
        graph.addSparseInitializerBuilder()
                .addDims(4)
                .setValues(Protos.floats("s", 1, 2))
                .setIndices(TensorProto.newBuilder()
                        .setDataType(7)
                        .addDims(2)
                        .addInt64Data(0)
                        .addInt64Data(3));
        graph.clearNode()
                .addNode(Protos.node("Add", "x w", "sum").setName("add").addMetadataProps(entry))
                .addNode(constant)
                .addNode(Protos.node("If", "c", "chosen")
                        .addAttribute(Protos.graph("then_branch", branch))
                        .addAttribute(Protos.graph("else_branch", branch)))
                .addNode(Protos.node("Add", "chosen s", "q"))
                .addNode(Protos.node("F", "q", "f").setDomain("lab"))
                .addNode(Protos.node("Reshape", "f i", "y")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("allowzero")
                                .setType(AttributeProto.AttributeType.INT)
                                .setI(0)));
        return model;
    }
}
