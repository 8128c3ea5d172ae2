package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.Tensor;
import dev.narrows.gradient.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Test;

/** Moving averages, and the state at its best. */
class AveragesTest {

    private static Map<String, org.bytedeco.pytorch.Tensor> state() {
        Map<String, org.bytedeco.pytorch.Tensor> state = new LinkedHashMap<>();
        state.put("w", Torch.of(Tensor.of(new float[] {1, 2}, 2)).set_requires_grad(true));
        state.put("mean", Torch.of(Tensor.of(new float[] {3}, 1)));
        return state;
    }

    private static float[] floats(Map<String, org.bytedeco.pytorch.Tensor> state, String name) {
        return Torch.toHost(Optional.ofNullable(state.get(name)).orElseThrow()).toFloats();
    }

    private static void set(Map<String, org.bytedeco.pytorch.Tensor> state, String name, double value) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Optional.ofNullable(state.get(name)).orElseThrow().fill_(new Scalar(value));
        }
    }

    @Test
    void ema_ofSomeSteps_isTheScalarAverage() {
        try (PointerScope scope = new PointerScope()) {
            Map<String, org.bytedeco.pytorch.Tensor> state = state();
            try (Ema ema = new Ema(0.5, state)) {
                double average = 1;
                for (int step = 0; step < 12; step++) {
                    set(state, "w", step * step);
                    ema.follow(step);
                    double decay = Math.min(0.5, (1.0 + step) / (10.0 + step));
                    average = decay * average + (1 - decay) * step * step;
                    assertThat((double) floats(ema.averages(), "w")[0]).isCloseTo(average, within(1e-4));
                }
                assertThat(floats(ema.averages(), "mean")).containsExactly(3);
                assertThat(ema.averages().values()).noneMatch(org.bytedeco.pytorch.Tensor::requires_grad);
            }
        }
    }

    @Test
    void ema_swappedTwice_isAsBefore() {
        try (PointerScope scope = new PointerScope()) {
            Map<String, org.bytedeco.pytorch.Tensor> state = state();
            try (Ema ema = new Ema(0.9, state)) {
                set(state, "w", 7);
                ema.swap();
                assertThat(floats(state, "w")).containsExactly(1, 2);
                assertThat(floats(ema.averages(), "w")).containsExactly(7, 7);
                assertThat(Optional.ofNullable(state.get("w")).orElseThrow().requires_grad())
                        .isTrue();
                ema.swap();
                assertThat(floats(state, "w")).containsExactly(7, 7);
                assertThat(floats(ema.averages(), "w")).containsExactly(1, 2);
            }
        }
    }

    @Test
    void ema_ofDecayZero_doesNothing() {
        try (PointerScope scope = new PointerScope()) {
            Map<String, org.bytedeco.pytorch.Tensor> state = state();
            try (Ema ema = new Ema(0, state)) {
                set(state, "w", 7);
                ema.follow(0);
                ema.swap();
                assertThat(ema.averages()).isEmpty();
                assertThat(floats(state, "w")).containsExactly(7, 7);
            }
        }
    }

    @Test
    void best_keptAndRestored_isTheStateOfThen() {
        try (PointerScope scope = new PointerScope()) {
            Map<String, org.bytedeco.pytorch.Tensor> state = state();
            try (Best best = new Best(state)) {
                set(state, "w", 5);
                set(state, "mean", 6);
                best.keep();
                set(state, "w", 8);
                set(state, "mean", 9);
                assertThat(floats(best.state(), "w")).containsExactly(5, 5);
                best.restore();
                assertThat(floats(state, "w")).containsExactly(5, 5);
                assertThat(floats(state, "mean")).containsExactly(6);
                assertThat(Optional.ofNullable(state.get("w")).orElseThrow().requires_grad())
                        .isTrue();
            }
        }
    }

    @Test
    void best_neverKept_isTheStateAtTheStart() {
        try (PointerScope scope = new PointerScope()) {
            Map<String, org.bytedeco.pytorch.Tensor> state = state();
            try (Best best = new Best(state)) {
                set(state, "w", 8);
                best.restore();
                assertThat(floats(state, "w")).containsExactly(1, 2);
            }
        }
    }
}
