package dev.narrows.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import dev.narrows.wire.bundle.Bundle;
import dev.narrows.wire.bundle.Gate;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Preprocessing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packing exits of a network of two classes: h = x, y = (h0, 3 h1); the exit's logits are h. */
class PackedExitsTest {

    private static final float[] UNIT = {1, 0, 0, 1};
    private static final Gate GATE = new Gate.MaxProbability(0.85);

    @TempDir
    private Path directory;

    /** Sure and right; sure (0.88) and wrong; not sure, twice. */
    private static final List<Map<String, Tensor>> ITEMS =
            List.of(item(4, 0), item(4, 2), item(0.125f, 0), item(0, 0.125f));

    private static Map<String, Tensor> item(float... values) {
        return Map.of("x", Tensor.of(values, 1, 2));
    }

    @Test
    void pack_exit_isMeasuredOnTheItems() {
        PackReport report = pack(exit("h", exitNetwork("h", 2), GATE), ITEMS);

        assertThat(report.exits())
                .containsExactly(new PackReport.ExitReport("h", "max:0.85", 0.5, 0.5, 4, 1)); // 4 + 4 of 8
        assertThat(report.meanMacsShare()).isCloseTo((0.5 * 8 + 0.5 * 12) / 8, within(1e-12));
        Bundle bundle = Bundle.read(report.bundle());
        Manifest.Exit packed = bundle.manifest().exits().get(0);
        assertThat(packed)
                .isEqualTo(new Manifest.Exit("h", "exits/0.onnx", 1, GATE, 4, 4, 4, 0.5, 0.5, Optional.empty()));
        assertThat(bundle.manifest().record()).containsEntry("exits", "h max:0.85 temperature:1.0");
    }

    @Test
    void pack_exitsInAnyOrder_areTriedInTheCuts() {
        List<Packer.Exit> exits =
                List.of(exit("h", exitNetwork("h", 2), GATE), exit("x", exitNetwork("x", 2), new Gate.Margin(0.9)));

        PackReport report = new Packer(network(), options().withExits(exits), List.of(), ITEMS)
                .pack(directory.resolve("two.narrows"));

        assertThat(report.exits()).extracting(PackReport.ExitReport::cut).containsExactly("input", "h");
        assertThat(report.exits()).extracting(PackReport.ExitReport::coverage).containsExactly(0.25, 0.25);
        assertThat(report.exits()).extracting(PackReport.ExitReport::agreement).containsExactly(1.0, 0.0);
    }

    @Test
    void pack_hotTemperature_answersLess() {
        Packer.Exit hot = new Packer.Exit("h", exitNetwork("h", 2), 2, GATE, Optional.empty());

        assertThat(pack(hot, ITEMS).exits().get(0).coverage()).isEqualTo(0.25);
    }

    @Test
    void pack_heldOutFigures_areKept() {
        Manifest.HeldOut heldOut = new Manifest.HeldOut(500, 0.5, 0.98, 0.1, 0.01);
        Packer.Exit exit = new Packer.Exit("h", exitNetwork("h", 2), 1, GATE, Optional.of(heldOut));

        PackReport report = pack(exit, ITEMS);

        assertThat(Bundle.read(report.bundle()).manifest().exits().get(0).heldOut())
                .contains(heldOut);
    }

    @Test
    void pack_randomItems_countForNone() {
        PackReport report = pack(exit("h", exitNetwork("h", 2), GATE), List.of());

        assertThat(report.randomItems()).isTrue();
        assertThat(Bundle.read(report.bundle()).manifest().exits().get(0).items())
                .isZero();
    }

    @Test
    void pack_exitThatDoesNotFit_isRefusedAndWritesNothing() {
        assertThatThrownBy(() -> pack(exit("nowhere", exitNetwork("h", 2), GATE), ITEMS))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("exit at cut: \"nowhere\" (expected: one of input, h;");
        assertThatThrownBy(() -> pack(exit("output", exitNetwork("y", 2), GATE), ITEMS))
                .isInstanceOf(IncompatibleException.class);
        assertThatThrownBy(() -> pack(exit("h", exitNetwork("x", 2), GATE), ITEMS))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("input: x FLOAT32[-1, 2]")
                .hasMessageContaining("exit at cut \"h\"");
        assertThatThrownBy(() -> pack(exit("h", exitNetwork("h", 3), GATE), ITEMS))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("classes: 3 (expected: as many as an output of the network");
        assertThatThrownBy(() -> pack(exit("h", exitNetwork("h", 1), GATE), ITEMS))
                .isInstanceOf(IncompatibleException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void pack_twoExitsAtOneCut_areRefused() {
        Packer.Exit exit = exit("h", exitNetwork("h", 2), GATE);
        assertThatThrownBy(() -> new Packer(network(), options().withExits(List.of(exit, exit)), List.of(), ITEMS)
                        .pack(directory.resolve("b.narrows")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("one a cut");
    }

    private PackReport pack(Packer.Exit exit, List<Map<String, Tensor>> items) {
        return new Packer(network(), options().withExits(List.of(exit)), List.of(), items)
                .pack(directory.resolve("b.narrows"));
    }

    private static Packer.Exit exit(String cut, Network network, Gate gate) {
        return new Packer.Exit(cut, network, 1, gate, Optional.empty());
    }

    private static Packer.Options options() {
        return new Packer.Options(
                "two", List.of(List.of("h")), List.of(), new Preprocessing.Raw(), List.of(), Map.of(), "", 1);
    }

    private static Network network() {
        Map<String, ConstantTensor> weights = new LinkedHashMap<>();
        weights.put("A", weight("A", 2, UNIT));
        weights.put("B", weight("B", 2, 1, 0, 0, 3));
        return network(
                "x",
                "y",
                2,
                List.of(
                        Node.of("first", "MatMul", List.of("x", "A"), List.of("h"), Map.of()),
                        Node.of("second", "MatMul", List.of("h", "B"), List.of("y"), Map.of())),
                weights);
    }

    /** The unit matrix, cut or filled up with zeros. */
    private static Network exitNetwork(String input, int classes) {
        float[] unit = new float[2 * classes];
        unit[0] = 1;
        if (classes > 1) {
            unit[classes + 1] = 1;
        }
        return network(
                input,
                "logits",
                classes,
                List.of(Node.of("exit", "MatMul", List.of(input, "C"), List.of("logits"), Map.of())),
                Map.of("C", weight("C", classes, unit)));
    }

    private static Network network(
            String input, String output, int classes, List<Node> nodes, Map<String, ConstantTensor> weights) {
        return new Network(
                "two",
                8,
                List.of(new OpsetImport("", 15)),
                List.of(info(input, 2)),
                List.of(info(output, classes)),
                nodes,
                weights,
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
    }

    private static ValueInfo info(String name, int width) {
        List<Dim> dims = new ArrayList<>(List.of(new Dim.Symbol("batch"), new Dim.Known(width)));
        return ValueInfo.of(name, TensorType.of(ElementType.FLOAT, dims));
    }

    private static ConstantTensor weight(String name, int columns, float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return new ConstantTensor(name, ElementType.FLOAT, List.of(2L, (long) columns), data.flip(), List.of(), "");
    }
}
