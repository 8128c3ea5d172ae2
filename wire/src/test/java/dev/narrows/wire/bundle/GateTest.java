package dev.narrows.wire.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {

    private static final double[] P = {0.7, 0.2, 0.1};

    private static final List<Gate> OPEN = List.of(
            new Gate.MaxProbability(0),
            new Gate.Entropy(100),
            new Gate.Margin(0),
            new Gate.Learned(List.of(0.0, 0.0, 0.0), 0, 0));

    @Test
    void softmax_logitsOfLogarithms_areTheirShares() {
        float[] logits = {0, (float) Math.log(2), (float) Math.log(5)};
        assertThat(Softmax.of(logits, 1)).containsExactly(new double[] {0.125, 0.25, 0.625}, within(1e-7));
        // exp(ln 4 / 2) = 2: one and two thirds
        assertThat(Softmax.of(new float[] {0, (float) Math.log(4)}, 2))
                .containsExactly(new double[] {1 / 3.0, 2 / 3.0}, within(1e-7));
    }

    @Test
    void softmax_hugeLogits_doNotOverflow() {
        assertThat(Softmax.of(new float[] {3e38f, -3e38f}, 0.01)).containsExactly(1, 0);
        assertThat(Softmax.of(new float[] {1000, 1000}, 1)).containsExactly(0.5, 0.5);
        assertThat(Softmax.of(new float[] {Float.NEGATIVE_INFINITY, 1}, 1)).containsExactly(0, 1);
    }

    @Test
    void softmax_noTemperatureOrLogits_isRefused() {
        for (double temperature : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Softmax.of(new float[] {1}, temperature))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("temperature: " + temperature);
        }
        assertThatThrownBy(() -> Softmax.of(new float[0], 1)).isInstanceOf(InvalidException.class);
    }

    @Test
    void answers_logitsThatAreNoNumbers_neverWhateverTheGate() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            double[] probabilities = Softmax.of(new float[] {5, bad, 1}, 1);
            assertThat(probabilities).containsOnly(Double.NaN);
            for (Gate gate : OPEN) {
                assertThat(gate.answers(P)).as("%s", gate).isTrue();
                assertThat(gate.answers(probabilities))
                        .as("%s of %s", gate, bad)
                        .isFalse();
                assertThat(gate.confidence(probabilities)).isNaN();
            }
        }
        assertThat(Softmax.of(new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY}, 1))
                .containsOnly(Double.NaN);
    }

    @Test
    void max_threshold_isWhereItAnswers() {
        assertThat(new Gate.MaxProbability(0.7).answers(P)).isTrue();
        assertThat(new Gate.MaxProbability(Math.nextUp(0.7)).answers(P)).isFalse();
        assertThat(new Gate.MaxProbability(0.5).confidence(P)).isEqualTo(0.7);
    }

    @Test
    void entropy_threshold_isInNats() {
        // 0.7 · 0.35667 + 0.2 · 1.60944 + 0.1 · 2.30259
        double entropy = 0.801819;
        assertThat(new Gate.Entropy(entropy + 1e-6).answers(P)).isTrue();
        assertThat(new Gate.Entropy(entropy - 1e-6).answers(P)).isFalse();
        assertThat(new Gate.Entropy(0).confidence(P)).isCloseTo(1 - entropy / 1.098612, within(1e-6));
        assertThat(new Gate.Entropy(0).answers(new double[] {0, 1})).isTrue();
        assertThat(new Gate.Entropy(1).confidence(new double[] {0.5, 0.5})).isCloseTo(0, within(1e-15));
    }

    @Test
    void margin_threshold_isFirstLessSecond() {
        assertThat(new Gate.Margin(0.49).answers(P)).isTrue();
        assertThat(new Gate.Margin(0.51).answers(P)).isFalse();
        assertThat(new Gate.Margin(0).confidence(new double[] {0.25, 0.5, 0.25}))
                .isEqualTo(0.25);
        assertThat(new Gate.Margin(0).confidence(new double[] {0.5, 0.5})).isZero();
    }

    @Test
    void learned_features_areMaxEntropyShareAndMargin() {
        // 2 · 0.7 - 1 · 0.729847 + 3 · 0.5 + 0.1 = 2.270153; 1 / (1 + e^-2.270153) = 0.906375
        Gate gate = new Gate.Learned(List.of(2.0, -1.0, 3.0), 0.1, 0.9);
        assertThat(gate.confidence(P)).isCloseTo(0.906375, within(1e-6));
        assertThat(gate.answers(P)).isTrue();
        assertThat(new Gate.Learned(List.of(2.0, -1.0, 3.0), 0.1, 0.91).answers(P))
                .isFalse();
    }

    @Test
    void answers_floats_areWidened() {
        assertThat(new Gate.Margin(0.5).answers(new float[] {0.75f, 0.25f})).isTrue();
        assertThat(new Gate.Margin(0.5).confidence(new float[] {0.75f, 0.25f})).isEqualTo(0.5);
    }

    @Test
    void confidence_oneClass_isRefused() {
        assertThatThrownBy(() -> new Gate.Margin(0.5).answers(new double[] {1}))
                .isInstanceOf(InvalidException.class)
                .hasMessage("probabilities: 1 (expected: 2 or more)");
    }

    @Property(tries = 100, seed = "3")
    void gatesWrittenAndParsed_areTheSame(@ForAll("gates") Gate gate) {
        assertThat(Gate.parse(gate.toString())).isEqualTo(gate);
    }

    @Provide
    Arbitrary<Gate> gates() {
        Arbitrary<Double> share = Arbitraries.doubles().between(0, 1);
        Arbitrary<Double> any = Arbitraries.doubles().between(-1e6, 1e6);
        return Arbitraries.oneOf(
                share.map(Gate.MaxProbability::new),
                share.map(Gate.Entropy::new),
                share.map(Gate.Margin::new),
                any.list()
                        .ofSize(4)
                        .flatMap(four -> share.map(t -> new Gate.Learned(four.subList(0, 3), four.get(3), t))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max",
                "max:",
                "max:x",
                "max:1.5",
                "max:NaN",
                "max:0.5:0.5",
                "entropy:-1",
                "entropy:Infinity",
                "margin:-0.1",
                "learned:0.9",
                "learned:1:2:3:4:5",
                "learned:1:NaN:3:0:0.5",
                "learned:1:2:3:Infinity:0.5",
            })
    void parse_wrongNumbers_areRefused(String text) {
        assertThatThrownBy(() -> Gate.parse(text))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void parse_unknownKind_isNamed() {
        assertThatThrownBy(() -> Gate.parse("mood:0.5"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessage("gate: kind \"mood\" (expected: max, entropy, margin or learned)");
    }
}
