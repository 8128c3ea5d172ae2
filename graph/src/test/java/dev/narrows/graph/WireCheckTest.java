package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WireCheckTest {

    @Test
    void check_lengthBeyondTheEnd_saysByteAndField() {
        // graph (field 7, 6 bytes): node (field 1, 4 bytes): name (field 3), 100 bytes long
        refuses(
                "3a06 0a04 1a64 4141",
                MalformedException.class,
                "length: 100 (expected: at most 2), byte 5",
                "graph.node[0].name");
    }

    @Test
    void check_hugeLengths_areRefused() {
        refuses("3affffffff0f", MalformedException.class, "length: 4294967295 (expected: at most 0), byte 1");
        refuses("3affffffffffffffffff01", MalformedException.class, "length: 18446744073709551615", "byte 1");
    }

    @Test
    void check_numbersWithoutEnd_areRefused() {
        refuses("08ffff", MalformedException.class, "ends in the middle", "byte 1");
        refuses("08ffffffffffffffffffffff01", MalformedException.class, "longer than 10 bytes", "byte 1");
        refuses("15000000", MalformedException.class, "bytes: 3 (expected: 4)", "byte 1");
    }

    @Test
    void check_groupsAndFieldZero_areRefused() {
        refuses("0b0c", MalformedException.class, "wire type: 3", "byte 0");
        refuses("0000", MalformedException.class, "field number: 0", "byte 0");
    }

    @Test
    void check_textThatIsNoUtf8_saysByteAndField() {
        refuses("3a041202c328", MalformedException.class, "not UTF-8", "byte 4", "field graph.name");
    }

    @Test
    void check_unknownFields_areLeftAlone() {
        assertThatCode(() -> WireCheck.check(
                        ByteBuffer.wrap(HexFormat.of().parseHex("c23e03ffffff" + "08ffffffffffffffffff01")),
                        ModelProto.getDescriptor()))
                .doesNotThrowAnyException();
    }

    @Test
    void read_graphsTooDeep_isUnsupportedNotAStackOverflow() {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("g").addNode(Protos.node("Abs", "x", "y"));
        byte[] deepest = {};
        for (int depth = 0; depth < 5_000; depth++) {
            deepest = wrap(1, wrap(5, wrap(6, deepest)));
        }

        assertThatThrownBy(() -> Protos.read(Protos.model(nested(graph, 40))))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("nesting: 101 levels (expected: at most 100)");
        byte[] hostile = wrap(7, deepest);
        assertThatThrownBy(() -> OnnxReader.read(ByteBuffer.wrap(hostile), OnnxReader.ExternalData.NONE))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("nesting");
    }

    @Test
    void read_graphsFairlyDeep_readsAndWrites() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("g")
                .addNode(Protos.node("Abs", "x", "y"))
                .addOutput(Protos.value("y", 4));

        Network network = Protos.read(Protos.model(nested(graph, 20).addInput(Protos.value("x", 4))));

        assertThat(OnnxReader.read(OnnxWriter.write(network), OnnxReader.ExternalData.NONE))
                .isEqualTo(network);
    }

    @Test
    void read_typesTooDeep_isUnsupported() {
        TypeProto type = Protos.value("x", 1).getType();
        for (int depth = 0; depth < 60; depth++) {
            type = TypeProto.newBuilder()
                    .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(type))
                    .build();
        }
        ModelProto.Builder model = Protos.model();
        model.getGraphBuilder()
                .addInput(ValueInfoProto.newBuilder().setName("deep").setType(type));

        assertThatThrownBy(() -> Protos.read(model))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("nesting");
    }

    @Test
    void check_morePartsThanMemory_isRefusedBeforeAnyIsMade() {
        byte[] nodes = new byte[2_000_000]; // a million empty nodes in 2 MB
        for (int i = 0; i < nodes.length; i += 2) {
            nodes[i] = 0x0a;
        }
        ByteBuffer model = ByteBuffer.wrap(wrap(7, nodes));

        long before = allocatedBytes();
        assertThatThrownBy(() -> WireCheck.check(model, ModelProto.getDescriptor(), 100_000_000))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("memory: more than 100000000 bytes");
        long perNode = (allocatedBytes() - before) / 260_000;
        assertThat(perNode).as("bytes of garbage per node looked at").isLessThan(400);
    }

    /** What a small file makes the reader allocate is bounded by what is in it, whatever its numbers claim. */
    @Test
    void read_hugeClaims_allocateLittle() {
        ModelProto.Builder model = Protos.model();
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.getInitializerBuilder(0).setDims(0, 1L << 33);
        byte[] shape = model.build().toByteArray();
        graph.getInitializerBuilder(0).setDims(0, 4);
        graph.setInput(0, Protos.value("x", Long.MAX_VALUE / 16));
        byte[] input = model.build().toByteArray();
        byte[] packed = {0x3a, 8, 0x2a, 6, 0x22, (byte) 0xfc, (byte) 0xff, (byte) 0xff, 0x7f, 0};

        for (byte[] hostile : Arrays.asList(shape, input, packed)) {
            long before = allocatedBytes();
            try {
                OnnxReader.read(ByteBuffer.wrap(hostile), OnnxReader.ExternalData.NONE);
            } catch (NarrowsException expected) {
                assertThat(expected).hasMessageNotContaining("null");
            }
            assertThat(allocatedBytes() - before).isLessThan(4_000_000);
        }
    }

    private static GraphProto.Builder nested(GraphProto.Builder innermost, int depth) {
        GraphProto.Builder graph = innermost;
        for (int i = 0; i < depth; i++) {
            NodeProto.Builder node = Protos.node("If", "x", "y")
                    .addAttribute(AttributeProto.newBuilder()
                            .setName("then_branch")
                            .setType(AttributeProto.AttributeType.GRAPH)
                            .setG(graph));
            graph = GraphProto.newBuilder().setName("g").addNode(node).addOutput(Protos.value("y", 4));
        }
        return graph;
    }

    /** A field of bytes as protobuf writes it. */
    private static byte[] wrap(int field, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write((field << 3) | 2);
        int length = content.length;
        while (length > 127) {
            out.write((length & 127) | 128);
            length >>>= 7;
        }
        out.write(length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static void refuses(String hex, Class<? extends NarrowsException> type, String... texts) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThatThrownBy(() -> OnnxReader.read(ByteBuffer.wrap(bytes), OnnxReader.ExternalData.NONE))
                .as(new String(bytes, StandardCharsets.ISO_8859_1))
                .isInstanceOf(type)
                .hasMessageContainingAll(texts);
    }
}
