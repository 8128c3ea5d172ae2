package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.ValueInfo;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExitMakerTest {

    @ParameterizedTest
    @ValueSource(longs = {9, 13, 17})
    void apart_ofWhatWasAttached_computesTheSameBits(long opset) {
        Network network = ExitFixture.ofOpset(ExitFixture.network(1), opset);
        Network merged = attach(network, "early", "middle", "dense");
        ExitMaker.Parts parts = ExitMaker.apart(merged);
        Map<String, Tensor> input = Map.of("x", ExitFixture.values(ExitFixture.images(2, 7)));

        assertThat(merged.outputs().stream().map(ValueInfo::name))
                .containsExactly("scores", "exit1.logits", "exit2.logits", "exit3.logits");
        assertThat(parts.trunk().nodes().equals(network.nodes())).isTrue();
        assertThat(parts.trunk().outputs()).isEqualTo(network.outputs());
        assertThat(parts.trunk().initializers().equals(network.initializers())).isTrue();
        Map<String, Tensor> whole = ExitFixture.run(merged, input);
        Network open = parts.trunk()
                .withOutputs(
                        parts.exits().stream().map(exit -> exit.inputs().get(0)).toList());
        Map<String, Tensor> cuts = ExitFixture.run(open, input);
        for (int exit = 0; exit < 3; exit++) {
            Network head = parts.exits().get(exit);
            String cut = head.inputs().get(0).name();
            assertThat(head.opset()).isEqualTo(opset);
            Tensor answer = ExitFixture.get(
                    ExitFixture.run(head, Map.of(cut, ExitFixture.get(cuts, cut))), ExitMaker.logits(exit));
            assertThat(answer.shape()).containsExactly(7, ExitFixture.CLASSES);
            assertThat(answer.sameBits(ExitFixture.get(whole, ExitMaker.logits(exit))))
                    .isTrue();
        }
    }

    @Test
    void apart_ofAFileWithExits_isAsOfTheNetwork(@TempDir Path directory) throws IOException {
        Network merged = attach(ExitFixture.network(1), "early");
        ByteBuffer bytes = OnnxWriter.write(merged);
        byte[] file = new byte[bytes.remaining()];
        bytes.get(file);
        Network read = OnnxReader.read(Files.write(directory.resolve("merged.onnx"), file));

        assertThat(ExitMaker.apart(read).exits().get(0).nodes())
                .isEqualTo(ExitMaker.apart(merged).exits().get(0).nodes());
        assertThat(ExitMaker.apart(read).exits().get(0).inputs())
                .isEqualTo(ExitMaker.apart(merged).exits().get(0).inputs());
    }

    @Test
    void attach_byShapeAndDesign_buildsTheHeadOfIt() {
        Network network = ExitFixture.network(1);
        Network series = Zoo.build(Architecture.parse("cnn1d"), new InputShape.Series(3, 32), 5, 1);
        String within = ExitCuts.candidates(series, shapes(series)).get(0).name();

        assertThat(operators(attach(network, "early")))
                .containsExactly("Conv", "BatchNormalization", "Relu", "GlobalAveragePool", "Flatten", "Gemm");
        assertThat(operators(attach(network, "dense"))).containsExactly("Gemm");
        assertThat(operators(ExitMaker.attach(network, shapes(network), cuts(network, "early"), ExitDesign.of(), 1)))
                .containsExactly("GlobalAveragePool", "Flatten", "Gemm");
        assertThat(operators(
                        ExitMaker.attach(network, shapes(network), cuts(network, "early"), ExitDesign.of(8, 4), 1)))
                .containsExactly(
                        "Conv",
                        "BatchNormalization",
                        "Relu",
                        "Conv",
                        "BatchNormalization",
                        "Relu",
                        "GlobalAveragePool",
                        "Flatten",
                        "Gemm");
        assertThat(operators(attach(series, within))).contains("Conv", "GlobalAveragePool");
        Network head = ExitMaker.apart(attach(series, within)).exits().get(0);
        assertThat(shapes(head).of("exit1.logits").orElseThrow().dims()).containsExactly(1L, 5L);
    }

    @Test
    void attach_withASeed_givesTheSameWeights() {
        Network network = ExitFixture.network(1);

        assertThat(attach(network, "early").initializers())
                .isEqualTo(attach(network, "early").initializers());
    }

    @Test
    void attach_whatCannotHaveExits_isRefused() {
        Network network = ExitFixture.network(1);
        Network resnet = Zoo.build(Architecture.parse("resnet:depth=8"), new InputShape.Image(1, 16, 16), 3, 1);
        Shapes shapes = shapes(resnet);
        Cut two = Cuts.candidates(resnet, shapes, 2).stream()
                .filter(cut -> cut.tensors().size() == 2)
                .findFirst()
                .orElseThrow();

        assertThatThrownBy(() -> ExitMaker.attach(resnet, shapes, List.of(two), ExitDesign.DEFAULT, 1))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("has 2 tensors (expected: 1");
        assertThatThrownBy(() -> attach(attach(network, "early"), "middle"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("has exits already");
        assertThatThrownBy(() -> attach(network, "middle", "early"))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("cut: \"early\" (expected: one that lies behind \"middle\")");
        assertThatThrownBy(() -> attach(network))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("cuts: none");
        assertThatThrownBy(() -> ExitMaker.apart(network))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("exits: none");
    }

    @Test
    void near_shares_areTheCutsWithThatMuchWorkBefore() {
        Network network = Zoo.build(Architecture.parse("resnet:depth=20"), new InputShape.Image(3, 32, 32), 10, 1);
        Shapes shapes = shapes(network);
        long whole = ExitCuts.macs(network, shapes);

        List<Cut> cuts = ExitCuts.near(network, shapes, ExitCuts.SHARES);

        assertThat(cuts).hasSize(3).allMatch(Cut::fusionBoundary);
        for (int i = 0; i < 3; i++) {
            assertThat((double) cuts.get(i).upstreamMacs() / whole)
                    .isBetween(ExitCuts.SHARES.get(i) - 0.06, ExitCuts.SHARES.get(i) + 0.06);
        }
        assertThat(ExitCuts.near(network, shapes, List.of(0.5, 0.5))).hasSize(1);
    }

    private static List<String> operators(Network merged) {
        return merged.nodes().stream()
                .filter(node -> node.outputs().get(0).startsWith("exit1."))
                .map(Node::opType)
                .toList();
    }

    private static Shapes shapes(Network network) {
        return NetworkShapes.infer(network, Map.of());
    }

    private static List<Cut> cuts(Network network, String... names) {
        Shapes shapes = shapes(network);
        return Arrays.stream(names)
                .map(name -> Cuts.at(network, shapes, List.of(name)))
                .toList();
    }

    private static Network attach(Network network, String... cuts) {
        return ExitMaker.attach(network, shapes(network), cuts(network, cuts), ExitDesign.DEFAULT, 1);
    }
}
