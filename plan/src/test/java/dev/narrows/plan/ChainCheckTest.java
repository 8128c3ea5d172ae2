package dev.narrows.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.SessionOptions.Optimization;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Fusions;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Widening;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainCheckTest {

    /** Of an output's largest magnitude: float32 sums in another order, where a cut opens a fusion. */
    private static final double TOLERANCE = 1e-5;

    /** Checks every {@code stride}th candidate cut; returns how many there were. */
    private static int checkCuts(Network network, Shapes shapes, Map<String, Tensor> samples, int stride) {
        List<Cut> cuts = Cuts.candidates(network, shapes, Cuts.DEFAULT_MAX_TENSORS);
        List<Map<String, Tensor>> items = RandomItems.of(network, shapes, 2, 5, samples);
        Fusions fusions = Fusions.of(network);
        List<Map<String, Tensor>> expected = new ArrayList<>();
        try (Session whole = Session.open("whole", OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT)) {
            items.forEach(item -> expected.add(whole.run(item)));
        }
        int checked = 0;
        for (int i = 0; i < cuts.size(); i += stride) {
            Cut cut = cuts.get(i);
            try (Chain chain = Chains.open(Segments.split(network, shapes, List.of(cut)), SessionOptions.DEFAULT)) {
                ChainCheck.Result result = ChainCheck.compare(expected, chain, items);
                assertThat(result.maxRelativeDifference()).as(cut.name()).isLessThanOrEqualTo(TOLERANCE);
                if (fusions.keepsBits(cut.upstream())) {
                    assertThat(result.identical()).as(cut.name()).isTrue();
                }
            }
            checked++;
        }
        return checked;
    }

    @Test
    void run_baristaAtEveryCandidate_isTheNetwork() {
        Network network = Models.barista();
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        assertThat(checkCuts(network, shapes, Map.of(), 1)).isGreaterThan(30);
    }

    @Test
    void run_baristaUnoptimisedAtManyCuts_isBitIdentical() {
        Network network = Models.barista();
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        List<Cut> cuts = new ArrayList<>();
        for (Cut cut : Cuts.candidates(network, shapes, 1)) {
            if (cuts.isEmpty() || cuts.get(cuts.size() - 1).precedes(cut)) {
                cuts.add(cut);
            }
        }
        ChainCheck.Result result = ChainCheck.run(
                network,
                Segments.split(network, shapes, cuts),
                SessionOptions.DEFAULT.withOptimization(Optimization.NONE),
                RandomItems.of(network, shapes, 2, 3));
        assertThat(cuts).hasSizeGreaterThan(10);
        assertThat(result.identical()).isTrue();
        assertThat(result.maxDifference()).isZero();
        assertThat(result.items()).isEqualTo(2);
    }

    @Test
    void run_otherWeights_isDifferent() {
        Network network = Models.barista();
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        Segments.Chain split = Segments.split(network, shapes, List.of(Cuts.at(network, shapes, List.of("code"))));
        List<Map<String, Tensor>> items = RandomItems.of(network, shapes, 1, 3);
        List<Map<String, Tensor>> others = RandomItems.of(network, shapes, 1, 4);
        try (Session whole = Session.open("whole", OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT);
                Chain chain = Chains.open(split, SessionOptions.DEFAULT)) {
            List<Map<String, Tensor>> wrong = others.stream().map(whole::run).toList();
            ChainCheck.Result result = ChainCheck.compare(wrong, chain, items);
            assertThat(result.identical()).isFalse();
            assertThat(result.maxRelativeDifference()).isGreaterThan(1e-4);
        }
    }

    @Test
    void compare_noItems_isRefused() {
        Network network = Models.barista();
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        try (Chain chain = Chains.open(Segments.split(network, shapes, List.of()), SessionOptions.DEFAULT)) {
            assertThatThrownBy(() -> ChainCheck.compare(List.of(), chain, List.of()))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("items: 0");
            List<Map<String, Tensor>> items = RandomItems.of(network, shapes, 1, 3);
            assertThatThrownBy(() ->
                            ChainCheck.compare(List.of(Map.of("other", Tensor.of(new float[] {1}, 1))), chain, items))
                    .isInstanceOf(IncompatibleException.class)
                    .hasMessageContaining("[other]");
        }
    }

    @ParameterizedTest
    @CsvSource({"cifar10/resnet20.onnx, 7", "speech/silero_vad_16k_op15.onnx, 6", "imagenet/squeezenet_fp16.onnx, 9"})
    void run_sharedNetworkAtSomeCandidates_isTheNetwork(String file, int stride) {
        Path path = Models.shared(file);
        assumeTrue(Files.exists(path), () -> "skipped: no " + path);
        Network read = OnnxReader.read(path);
        Network network = Widening.isHalf(read) ? Widening.toFloat32(read) : read;
        boolean speech = file.startsWith("speech");
        Map<String, List<Long>> lengths = speech ? Map.of("input", List.of(1L, 512L)) : Map.of();
        Map<String, Tensor> samples = speech ? Map.of("sr", Tensor.of(new long[] {16_000})) : Map.of();
        Shapes shapes = NetworkShapes.infer(network, lengths, samples);
        assertThat(checkCuts(network, shapes, samples, stride)).isGreaterThan(3);
    }
}
