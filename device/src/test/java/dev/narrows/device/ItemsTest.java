package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Tier;
import dev.narrows.wire.bundle.Gate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ItemsTest {

    private static final TensorSpec AUDIO = new TensorSpec("audio", DType.FLOAT32, List.of(-1L, 4L));
    private static final TensorSpec STATE = new TensorSpec("state", DType.FLOAT32, List.of(2L, -1L, 3L));
    private static final TensorSpec SCORES = new TensorSpec("scores", DType.FLOAT32, List.of(-1L, 2L));

    private final Items simple = new Items(List.of(AUDIO), List.of(SCORES), 0, List.of("no", "yes"));
    private final Items recurrent = new Items(List.of(AUDIO, STATE), List.of(SCORES, STATE), 0, List.of());

    @Test
    void single_severalInputs_namesThem() {
        assertThatThrownBy(() -> recurrent.single(Tensor.zeros(DType.FLOAT32, 1, 4)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("audio")
                .hasMessageContaining("state");
    }

    @Test
    void checked_wrongShape_saysWhatWasExpected() {
        assertThatThrownBy(() -> simple.checked(Map.of("audio", Tensor.zeros(DType.FLOAT32, 4))))
                .isInstanceOf(InvalidException.class)
                .hasMessage("input \"audio\": FLOAT32[4] (expected: audio FLOAT32[-1, 4])");
    }

    @Test
    void checked_missingOrUnknown_isRefused() {
        Tensor audio = Tensor.zeros(DType.FLOAT32, 1, 4);
        assertThatThrownBy(() -> recurrent.checked(Map.of("audio", audio))).hasMessageContaining("\"state\": missing");
        assertThatThrownBy(() -> simple.checked(Map.of("audio", audio, "video", audio)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("\"video\": unknown");
    }

    @Test
    void count_batch_isAxis0() {
        assertThat(simple.count(Map.of("audio", Tensor.zeros(DType.FLOAT32, 7, 4))))
                .isEqualTo(7);
        assertThat(simple.anyBatch()).isTrue();
        assertThat(recurrent.anyBatch()).isFalse();
    }

    @Test
    void split_batch_givesEachItemItsRowAndAllShares() {
        Tensor scores = Tensor.of(new float[] {0.9f, 0.1f, 0.2f, 0.8f, 0.4f, 0.6f}, 3, 2);
        Outcome outcome = new Outcome(
                Map.of("scores", scores),
                Tier.CLOUD,
                "code",
                "q4",
                100,
                10,
                1000,
                500,
                Timings.ofNanos(1, 2, 3, 4, 5),
                Optional.empty(),
                List.of());
        List<Prediction> predictions = simple.split(outcome, 3);
        assertThat(predictions).extracting(Prediction::label).containsExactly("no", "yes", "yes");
        assertThat(predictions).extracting(Prediction::codeBytesUp).containsExactly(33L, 33L, 34L);
        assertThat(predictions.stream().mapToLong(Prediction::wireBytesUp).sum())
                .isEqualTo(1000);
        assertThat(predictions.get(2).output("scores").sameBits(scores.slice(2, 3)))
                .isTrue();
    }

    @Test
    void split_exitAnsweredSome_theOthersShareTheRows() {
        ExitPoint exit = new ExitPoint(0, 1, "code", List.of(), 1, new Gate.Margin(0), 2);
        Tensor logits = Tensor.of(new float[] {3, 0}, 1, 2);
        EarlyAnswer early = new EarlyAnswer(
                1, exit, new ExitPoint.Verdict(0, 0.95, 0.9), Map.of("logits", logits), Timings.ofNanos(7, 0, 0, 0, 9));
        Outcome outcome = new Outcome(
                Map.of("scores", Tensor.of(new float[] {0.9f, 0.1f, 0.2f, 0.8f}, 2, 2)),
                Tier.CLOUD,
                "code",
                "q4",
                100,
                10,
                1000,
                500,
                Timings.ofNanos(1, 2, 3, 4, 5),
                Optional.empty(),
                List.of(early));

        List<Prediction> predictions = simple.split(outcome, 3);

        String first = predictions.get(0).label();
        assertThat(predictions).extracting(Prediction::codeBytesUp).containsExactly(50L, 0L, 50L);
        assertThat(predictions).extracting(Prediction::answeredBy).containsExactly(Tier.CLOUD, Tier.DEVICE, Tier.CLOUD);
        assertThat(predictions).extracting(Prediction::index).containsExactly(0, 0, 1);
        assertThat(predictions.get(1).label()).isEqualTo(first);
        assertThat(predictions.get(1).probability()).isEqualTo(0.95);
        assertThat(predictions.get(1).exit()).contains(new Prediction.Exit(0, "code", 0.9));
        assertThat(predictions.get(1).outputs()).containsOnlyKeys("logits");
        assertThat(predictions.get(1).timings()).isEqualTo(early.timings());
    }
}
