package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Network;
import dev.narrows.plan.RandomItems;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class Int8TuningTest {

    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));

    /**
     * Four convolutions; one weight of the second is so large that the others of its channel become 0 on their grid, and
     * meets a channel that is always 0.
     */
    private static Network network() {
        float[] first = new float[8 * 72];
        float[] second = new float[8 * 72];
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < first.length; i++) {
            boolean meetsTheDead = i % 72 / 9 == 3;
            first[i] = i / 72 == 3 ? 0 : (float) random.nextDouble(-1, 1);
            second[i] = meetsTheDead ? -30 : (float) random.nextDouble(-0.1, 0.1);
        }
        return Sketch.opset(17)
                .input("x", 1, 8, 8, 8)
                .constant("w1", first, 8, 8, 3, 3)
                .constant("w2", second, 8, 8, 3, 3)
                .weight("w3", 8, 8, 3, 3)
                .weight("w4", 8, 8, 3, 3)
                .node("Conv x w1 -> a", PADDED)
                .node("Conv a w2 -> b", PADDED)
                .node("Conv b w3 -> c", PADDED)
                .node("Conv c w4 -> y", PADDED)
                .output("y", 1, 8, 8, 8)
                .network();
    }

    private static List<Map<String, Tensor>> items(Network network) {
        return RandomItems.of(network, Sketch.shapes(network), 12, 5);
    }

    @Test
    void of_allChoices_takesTheOneWithTheLeastNoiseOfEachKind() {
        Network network = network();
        Reference reference = Reference.of(network, items(network));
        int[] done = new int[1];

        Int8Tuning tuning = Int8Tuning.of(
                network,
                Sketch.shapes(network),
                items(network),
                reference,
                node -> true,
                Int8Tuning.Choices.ALL,
                () -> done[0]++);

        assertThat(tuning.tried()).hasSize(Int8Tuning.Choices.ALL.count());
        assertThat(done[0]).isEqualTo(tuning.tried().size());
        double best = tuning.tried().stream()
                .mapToDouble(Int8Tuning.Tried::signalToNoise)
                .max()
                .orElseThrow();
        double chosen = reference
                .difference(tuning.int8().quantized(tuning.options(), node -> true))
                .signalToNoise();
        assertThat(chosen).isGreaterThan(best - 0.2); // less is no reason to choose otherwise
        assertThat(chosen).isGreaterThan(tuning.tried().get(0).signalToNoise());
        assertThat(tuning.tried())
                .extracting(one -> one.options().rounding())
                .contains(Rounding.GPTQ, Rounding.NEAREST);
    }

    @Test
    void of_oneChoiceOfEach_takesIt() {
        Network network = network();
        Int8Tuning.Choices one = new Int8Tuning.Choices(
                List.of(7),
                List.of(CalibrationMethod.ENTROPY),
                List.of(true),
                List.of(Rounding.GPTQ),
                false,
                ActivationGrid.SIGNED);

        Int8Tuning tuning = Int8Tuning.of(
                network,
                Sketch.shapes(network),
                items(network),
                Reference.of(network, items(network)),
                node -> true,
                one,
                () -> {});

        assertThat(tuning.tried()).hasSize(1);
        assertThat(tuning.equalized()).isTrue();
        assertThat(tuning.options())
                .isEqualTo(new Int8Options(CalibrationMethod.ENTROPY, 7, false, Rounding.GPTQ, ActivationGrid.SIGNED));
        assertThatThrownBy(() -> new Int8Tuning.Choices(
                        List.of(),
                        List.of(CalibrationMethod.MSE),
                        List.of(true),
                        List.of(Rounding.GPTQ),
                        true,
                        ActivationGrid.UNSIGNED))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void mixedPrecision_ofALayerThatRuinsTheAnswers_keepsItAndLetsOthersBe() {
        Network network = network();
        Reference reference = Reference.of(network, items(network));
        Int8 int8 = Int8.calibrated(network, Sketch.shapes(network), items(network));
        Int8Options options = Int8Options.DEFAULT.withWeightBits(7);
        List<Int8.Sensitivity> alone = int8.sensitivities(options, reference, () -> {});
        double without = reference
                .difference(int8.quantized(options, node -> !node.inputs().contains("w2")))
                .mean();
        assertThat(reference.difference(int8.quantized(options, node -> true)).mean())
                .isGreaterThan(2 * without);

        MixedPrecision mixed = MixedPrecision.of(
                int8,
                options,
                node -> true,
                alone,
                changed -> reference.difference(changed).mean() <= 1.01 * without);

        assertThat(mixed.kept()).hasSize(1);
        assertThat(mixed.kept().get(0).layer().inputs()).contains("w2");
        assertThat(mixed.tried()).isGreaterThan(1);
        assertThat(reference.difference(mixed.network()).mean()).isLessThanOrEqualTo(1.01 * without);
        Kernels kernels = Kernels.of(mixed.network(), items(network).get(0), 2);
        assertThat(kernels.integerLayers()).isEqualTo(3);
        assertThat(kernels.floatLayers()).isOne();
    }

    @Test
    void mixedPrecision_whoseOrderIsWrong_putsLayersBackThatNeedNotStay() {
        Network network = network();
        Int8 int8 = Int8.calibrated(network, Sketch.shapes(network), items(network));
        Int8Options options = Int8Options.DEFAULT.withWeightBits(7);
        List<Int8.Sensitivity> alone = int8.sensitivities(options, Reference.of(network, items(network)), () -> {});
        Int8.Sensitivity last = alone.stream()
                .max(Comparator.comparingDouble(Int8.Sensitivity::signalToNoise))
                .orElseThrow();
        String weight = last.layer().inputs().get(1);
        Predicate<Network> keepsIt = changed -> changed.initializers().containsKey(weight);

        MixedPrecision mixed = MixedPrecision.of(int8, options, node -> true, alone, keepsIt);

        assertThat(mixed.kept()).containsExactly(last);
    }

    @Test
    void mixedPrecision_whereNothingIsGoodEnough_keepsAllLayers() {
        Network network = network();
        Int8 int8 = Int8.calibrated(network, Sketch.shapes(network), items(network));
        List<Int8.Sensitivity> alone =
                int8.sensitivities(Int8Options.DEFAULT, Reference.of(network, items(network)), () -> {});

        MixedPrecision mixed = MixedPrecision.of(int8, Int8Options.DEFAULT, node -> true, alone, changed -> false);

        assertThat(mixed.kept()).hasSize(4);
        assertThat(mixed.network().initializers()).containsKeys("w1", "w2", "w3", "w4");
    }
}
