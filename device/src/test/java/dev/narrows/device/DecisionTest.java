package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecisionTest {

    @Test
    void of_probabilities_areKept() {
        Decision decision =
                Decision.of(Tensor.of(new float[] {0.1f, 0.7f, 0.2f}, 1, 3), List.of("tea", "coffee", "milk"));
        assertThat(decision.label()).isEqualTo("coffee");
        assertThat(decision.index()).isEqualTo(1);
        assertThat(decision.probability()).isEqualTo(0.7f);
    }

    @Test
    void of_logits_goThroughSoftmax() {
        Decision decision = Decision.of(Tensor.of(new float[] {1, 1002, 1001}, 1, 3), List.of());
        assertThat(decision.label()).isEqualTo("1");
        assertThat(decision.probability()).isCloseTo(1 / (1 + Math.exp(-1)), within(1e-12));
    }

    @Test
    void of_positiveScoresThatDoNotSumTo1_areLogits() {
        assertThat(Decision.of(Tensor.of(new float[] {0.5f, 0.6f}, 1, 2), List.of())
                        .probability())
                .isCloseTo(1 / (1 + Math.exp(-0.1)), within(1e-7));
    }

    @Test
    void of_equalScores_isTheFirst() {
        assertThat(Decision.of(Tensor.of(new float[] {0.5f, 0.5f}, 1, 2), List.of())
                        .index())
                .isZero();
    }

    @Test
    void of_nan_neverWins() {
        assertThat(Decision.of(Tensor.of(new float[] {Float.NaN, -3, -2}, 1, 3), List.of())
                        .index())
                .isEqualTo(2);
    }

    @Test
    void of_oneScore_isItsProbabilityOrALogit() {
        assertThat(Decision.of(Tensor.of(new float[] {0.25f}, 1, 1), List.of()).probability())
                .isEqualTo(0.25);
        assertThat(Decision.of(Tensor.of(new float[] {2}, 1, 1), List.of()).probability())
                .isCloseTo(1 / (1 + Math.exp(-2)), within(1e-12));
    }

    @Test
    void of_severalOutputs_takesTheOneThatHasAScoreForEachLabel() {
        Map<String, Tensor> outputs = Map.of(
                "index", Tensor.of(new long[] {2}, 1),
                "state", Tensor.of(new float[] {9, 9, 9, 9}, 1, 4),
                "scores", Tensor.of(new float[] {0.1f, 0.2f, 0.7f}, 1, 3, 1, 1));
        List<TensorSpec> specs = List.of(
                new TensorSpec("index", DType.INT64, List.of(-1L)),
                new TensorSpec("state", DType.FLOAT32, List.of(-1L, 4L)),
                new TensorSpec("scores", DType.FLOAT32, List.of(-1L, 3L, 1L, 1L)));
        assertThat(Decision.of(outputs, specs, List.of("a", "b", "c")).label()).isEqualTo("c");
    }

    @Test
    void of_boxes_areNoDecision() {
        Map<String, Tensor> outputs = Map.of("boxes", Tensor.zeros(DType.FLOAT32, 1, 10, 85));
        Decision decision =
                Decision.of(outputs, List.of(new TensorSpec("boxes", DType.FLOAT32, List.of(1L, 10L, 85L))), List.of());
        assertThat(decision.index()).isEqualTo(-1);
        assertThat(decision.label()).isEmpty();
        assertThat(decision.probability()).isNaN();
    }
}
