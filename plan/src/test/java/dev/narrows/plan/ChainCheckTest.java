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
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Fusions;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import dev.narrows.graph.Widening;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

    /** y = 2x + w in float16. */
    private static Network half() {
        TensorType type = TensorType.of(ElementType.FLOAT16, List.of(Dim.of(2)));
        ByteBuffer halves = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        halves.putShort((short) 0x3C00).putShort((short) 0x3555).flip(); // 1, 0.33325
        return new Network(
                "half",
                8,
                List.of(new OpsetImport("", 17)),
                List.of(ValueInfo.of("x", type)),
                List.of(ValueInfo.of("y", type)),
                List.of(
                        Node.of("", "Add", List.of("x", "x"), List.of("a"), Map.of()),
                        Node.of("", "Add", List.of("a", "w"), List.of("y"), Map.of())),
                Map.of("w", new ConstantTensor("w", ElementType.FLOAT16, List.of(2L), halves, List.of(), "")),
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
    }

    @Test
    void compare_float16NetworkAndItsFloat32Chain_roundsBothWays() {
        Network network = Widening.toFloat32(half());
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        Segments.Chain split = Segments.split(network, shapes, List.of(Cuts.at(network, shapes, List.of("a"))));
        List<Map<String, Tensor>> items = List.of(Map.of("x", Tensor.of(new float[] {0.1f, 1234.567f}, 2)));
        try (Session whole = Session.open("whole", OnnxWriter.write(half()), Map.of(), SessionOptions.DEFAULT);
                Chain chain = Chains.open(split, SessionOptions.DEFAULT)) {
            assertThat(ChainCheck.compare(whole, chain, items).identical()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"cifar10/resnet20.onnx, 7", "speech/silero_vad_16k_op15.onnx, 6", "imagenet/squeezenet_fp16.onnx, 9"})
    void run_sharedNetworkAtSomeCandidates_isTheNetwork(String file, int stride) {
        Path path = Models.shared(file);
        assumeTrue(Files.exists(path), () -> "skipped: no " + path);
        Network read = OnnxReader.read(path);
        Network network = Widening.toFloat32IfHalf(read);
        boolean speech = file.startsWith("speech");
        Map<String, List<Long>> lengths = speech ? Map.of("input", List.of(1L, 512L)) : Map.of();
        Map<String, Tensor> samples = speech ? Map.of("sr", Tensor.of(new long[] {16_000})) : Map.of();
        Shapes shapes = NetworkShapes.infer(network, lengths, samples);
        assertThat(checkCuts(network, shapes, samples, stride)).isGreaterThan(3);
    }
}
