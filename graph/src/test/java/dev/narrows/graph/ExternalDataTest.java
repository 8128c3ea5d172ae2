package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalDataTest {

    /** Eight bytes that belong to nobody, then 1, 2, 3, 4 as f32. */
    private static final ByteBuffer WEIGHTS = ByteBuffer.allocate(24)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(-1)
            .putFloat(1)
            .putFloat(2)
            .putFloat(3)
            .putFloat(4);

    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void writeWeights() throws IOException {
        folder = Files.createDirectory(temporary.resolve("model"));
        Files.createDirectory(folder.resolve("sub"));
        Files.write(folder.resolve("weights.bin"), WEIGHTS.array());
        Files.write(folder.resolve("sub/weights.bin"), WEIGHTS.array());
        Files.write(temporary.resolve("secret.bin"), WEIGHTS.array());
    }

    @ParameterizedTest
    @ValueSource(strings = {"weights.bin", "sub/weights.bin", "./weights.bin"})
    void read_dataInsideTheFolder_givesTheNetworkWithIt(String location) throws IOException {
        Network network = read(external("location", location, "offset", "8", "length", "16"));

        assertThat(network).isEqualTo(Protos.read(Protos.model()));
    }

    @Test
    void read_noLength_takesWhatTheShapeNeeds() throws IOException {
        assertThat(read(external("location", "weights.bin", "offset", "8"))).isEqualTo(Protos.read(Protos.model()));
    }

    @Test
    void read_thenWritten_standsAlone() throws IOException {
        Network network = read(external("location", "weights.bin", "offset", "8"));

        assertThat(OnnxReader.read(OnnxWriter.write(network), OnnxReader.ExternalData.NONE))
                .isEqualTo(network);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.bin",
                "sub/../../secret.bin",
                "sub/../weights.bin",
                "/etc/hostname",
                "C:/weights.bin",
                "..\\secret.bin",
                "sub//weights.bin",
                "weights.bin/",
                "weights\0.bin",
                ""
            })
    void read_locationOutside_isInvalid(String location) {
        refuses(
                InvalidException.class,
                "expected: a relative path in the model's directory",
                "location",
                location,
                "offset",
                "8");
    }

    @Test
    void read_linkOutOfTheFolder_isInvalid() throws IOException {
        try {
            Files.createSymbolicLink(folder.resolve("link.bin"), temporary.resolve("secret.bin"));
        } catch (UnsupportedOperationException | IOException e) {
            assumeTrue(false, "no symbolic links here: " + e);
        }

        refuses(InvalidException.class, "is a link to another place", "location", "link.bin", "offset", "8");
    }

    @ParameterizedTest
    @CsvSource({
        "offset, 9, within 24",
        "offset, 25, within 24",
        "offset, 9223372036854775807, within 24",
        "offset, 18446744073709551616, expected: a number",
        "offset, eight, expected: a number",
        "length, 15, expected: 16",
        "length, 9223372036854775807, expected: 16",
    })
    void read_wrongNumbers_areRefused(String key, String value, String text) {
        refuses(NarrowsException.class, text, "location", "weights.bin", key, value);
    }

    @Test
    void read_negativeOffset_isInvalid() {
        refuses(InvalidException.class, "offset -1", "location", "weights.bin", "offset", "-1");
    }

    @Test
    void read_missingFileOrFolder_isInvalid() {
        refuses(InvalidException.class, "is missing", "location", "gone.bin");
        refuses(InvalidException.class, "is missing", "location", "sub");
    }

    @Test
    void read_keyTwice_isInvalid() {
        refuses(InvalidException.class, "twice", "location", "weights.bin", "location", "sub/weights.bin");
    }

    @Test
    void read_dataInBothPlaces_isInvalid() {
        ModelProto.Builder model = external("location", "weights.bin", "offset", "8");
        model.getGraphBuilder().getInitializerBuilder(0).addFloatData(1);

        assertThatThrownBy(() -> read(model))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("float_data");
    }

    @Test
    void read_hugeTensorInSmallFile_isRefusedWithoutAllocating() {
        ModelProto.Builder model = external("location", "weights.bin");
        model.getGraphBuilder().getInitializerBuilder(0).setDims(0, 500_000_000);

        assertThatThrownBy(() -> read(model))
                .isInstanceOf(MalformedException.class)
                .hasMessageContainingAll("within 24", "tensor \"w\"");
    }

    @Test
    void read_noDirectory_isInvalid() {
        assertThatThrownBy(() -> Protos.read(external("location", "weights.bin", "offset", "8")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("expected: none");
    }

    @Test
    void read_inSubgraph_putsTheDataIn() throws IOException {
        TensorProto outside =
                external("location", "weights.bin", "offset", "8").getGraph().getInitializer(0);
        GraphProto.Builder branch = GraphProto.newBuilder()
                .setName("branch")
                .addInitializer(outside)
                .addNode(Protos.node("Add", "x w", "z"))
                .addOutput(Protos.value("z", 4));
        GraphProto.Builder inner = branch.clone()
                .clearInitializer()
                .clearNode()
                .addNode(Protos.node("Constant", "", "w")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("value")
                                .setType(AttributeProto.AttributeType.TENSOR)
                                .setT(outside)))
                .addNode(Protos.node("Add", "x w", "z"));
        ModelProto.Builder model = Protos.model(GraphProto.newBuilder()
                .setName("g")
                .addInput(Protos.value("x", 4))
                .addInput(Protos.value("c"))
                .addNode(Protos.node("If", "c", "y")
                        .addAttribute(Protos.graph("then_branch", branch))
                        .addAttribute(Protos.graph("else_branch", inner)))
                .addOutput(Protos.value("y", 4)));

        Network network = read(model);

        assertThat(OnnxReader.read(OnnxWriter.write(network), OnnxReader.ExternalData.NONE))
                .isEqualTo(network);
        assertThat(network.nodes()
                        .get(0)
                        .subgraphs()
                        .get(0)
                        .initializers()
                        .get(0)
                        .data()
                        .getFloat(12))
                .isEqualTo(4);
    }

    @Test
    void read_inUnreadParts_isUnsupported() {
        ModelProto.Builder model = external("location", "weights.bin", "offset", "8");
        model.getGraphBuilder()
                .addSparseInitializerBuilder()
                .setValues(model.getGraph().getInitializer(0).toBuilder().setName("s"));

        assertThatThrownBy(() -> read(model))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContainingAll("in another file", "tensor \"s\"");
    }

    @Test
    void write_withPlaces_readsBackFromThem() throws IOException {
        Network network = Protos.read(Protos.model());

        ByteBuffer written = OnnxWriter.write(network, Map.of("w", new OnnxWriter.Place("sub/weights.bin", 8, 16)));

        byte[] bytes = new byte[written.remaining()];
        written.get(bytes);
        Path file = Files.write(folder.resolve("m.onnx"), bytes);
        TensorProto tensor = ModelProto.parseFrom(bytes).getGraph().getInitializer(0);
        assertThat(tensor.hasRawData()).isFalse();
        assertThat(OnnxReader.read(file)).isEqualTo(network);
    }

    @Test
    void write_placeThatDoesNotFit_isInvalid() {
        Network network = Protos.read(Protos.model());

        for (OnnxWriter.Place place : List.of(
                new OnnxWriter.Place("weights.bin", 8, 15),
                new OnnxWriter.Place("weights.bin", -8, 16),
                new OnnxWriter.Place("../weights.bin", 8, 16))) {
            assertThatThrownBy(() -> OnnxWriter.write(network, Map.of("w", place)))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("external data");
        }
        assertThatThrownBy(() -> OnnxWriter.write(network, Map.of("v", new OnnxWriter.Place("weights.bin", 8, 16))))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("tensor \"v\"");
    }

    private void refuses(Class<? extends NarrowsException> type, String text, String... entries) {
        assertThatThrownBy(() -> read(external(entries)))
                .isInstanceOf(type)
                .hasMessageContainingAll(text, "tensor \"w\"", "m.onnx");
    }

    private Network read(ModelProto.Builder model) throws IOException {
        return OnnxReader.read(
                Files.write(folder.resolve("m.onnx"), model.build().toByteArray()));
    }

    private static ModelProto.Builder external(String... entries) {
        ModelProto.Builder model = Protos.model();
        TensorProto.Builder tensor = model.getGraphBuilder().getInitializerBuilder(0);
        tensor.clearFloatData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
        for (int i = 0; i < entries.length; i += 2) {
            tensor.addExternalData(
                    StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
        }
        return model;
    }
}
