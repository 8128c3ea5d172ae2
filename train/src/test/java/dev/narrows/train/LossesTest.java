package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossesTest {

    private static final int CLASSES = 5;
    private static final int[] KNOWN = {0, 3, 2, 4, 3, 1, 0};
    private static final int[] SOME_UNKNOWN = {0, -1, 2, 4, -1, 1, -1};

    /** The logarithms of a row's softmax. */
    private static double[] logs(double[] logits) {
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit);
        }
        double[] logs = new double[logits.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = logits[i] - Math.log(sum);
        }
        return logs;
    }

    /** The mean over the items of known class; each item's loss from its log-probabilities and targets. */
    private static LossCheck.Scalar mean(ToDoubleBiFunction<double[], double[]> perItem) {
        return (logits, targets) -> {
            double sum = 0;
            double known = 0;
            for (int item = 0; item < logits.length; item++) {
                double share = sum(targets[item]);
                if (share > 0) {
                    sum += perItem.applyAsDouble(logs(logits[item]), targets[item]);
                    known += share;
                }
            }
            return known == 0 ? 0 : sum / known;
        };
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    private static LossCheck.Scalar crossEntropy(double smoothing) {
        return mean((logs, targets) -> {
            double loss = 0; // PyTorch: the target becomes (1 - smoothing) · target + smoothing / classes
            for (int i = 0; i < logs.length; i++) {
                loss -= ((1 - smoothing) * targets[i] + smoothing / logs.length) * logs[i];
            }
            return loss;
        });
    }

    private static LossCheck.Scalar perClass(java.util.function.DoubleUnaryOperator ofLog) {
        return mean((logs, targets) -> {
            double loss = 0;
            for (int i = 0; i < logs.length; i++) {
                loss += targets[i] * ofLog.applyAsDouble(logs[i]);
            }
            return loss;
        });
    }

    private static LossCheck.Scalar focal(double gamma) {
        return perClass(log -> -Math.pow(1 - Math.exp(log), gamma) * log);
    }

    private static LossCheck.Scalar generalised(double q) {
        return perClass(log -> (1 - Math.pow(Math.exp(log), q)) / q);
    }

    private static LossCheck.Scalar symmetric(double alpha, double beta) {
        return mean((logs, targets) -> {
            double loss = 0;
            for (int i = 0; i < logs.length; i++) {
                double targetLog = targets[i] == 0 ? -4 : Math.max(-4, Math.log(targets[i]));
                loss -= alpha * targets[i] * logs[i] + beta * Math.exp(logs[i]) * targetLog;
            }
            return loss;
        });
    }

    private static void check(Loss loss, LossCheck.Scalar reference, long seed) {
        double[][] logits = LossCheck.values(seed, KNOWN.length, CLASSES);
        LossCheck.same(loss, reference, logits, LossCheck.oneHot(CLASSES, KNOWN));
        LossCheck.same(loss, reference, logits, LossCheck.oneHot(CLASSES, SOME_UNKNOWN));
        LossCheck.same(loss, reference, logits, LossCheck.mixed(0.3, LossCheck.oneHot(CLASSES, KNOWN)));
        double[][] single = LossCheck.values(seed + 100, 1, 2);
        LossCheck.same(loss, reference, single, LossCheck.oneHot(2, 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void crossEntropy_againstScalars_isTheSame(long seed) {
        check(Losses.crossEntropy(0), crossEntropy(0), seed);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.9})
    void crossEntropy_smoothed_isAsPyTorchDefinesIt(double smoothing) {
        check(Losses.crossEntropy(smoothing), crossEntropy(smoothing), 4);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 2, 3.5})
    void focal_againstScalars_isTheSame(double gamma) {
        check(Losses.focal(gamma), focal(gamma), 5);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.7, 1})
    void generalised_againstScalars_isTheSame(double q) {
        check(Losses.generalisedCrossEntropy(q), generalised(q), 6);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 6})
    void symmetric_againstScalars_isTheSame(double alpha) {
        check(Losses.symmetricCrossEntropy(alpha, 1), symmetric(alpha, 1), 7);
        check(Losses.symmetricCrossEntropy(alpha, 0.5), symmetric(alpha, 0.5), 8);
    }

    @Test
    void classification_allUnknown_isZeroWithoutGradient() {
        double[][] logits = LossCheck.values(9, 4, CLASSES);
        double[][] none = LossCheck.oneHot(CLASSES, -1, -1, -1, -1);
        for (Loss loss : List.of(
                Losses.crossEntropy(0),
                Losses.crossEntropy(0.1),
                Losses.focal(2),
                Losses.generalisedCrossEntropy(0.7),
                Losses.symmetricCrossEntropy(0.1, 1))) {
            LossCheck.same(loss, (outputs, targets) -> 0, logits, none);
        }
    }

    @Test
    void classification_ofExtremeLogits_isFiniteWithFiniteGradient() {
        double[][] logits = {{1000, -1000, 0}, {-1000, 1000, 1000}};
        double[][] targets = LossCheck.oneHot(3, 1, 0);
        for (Loss loss : List.of(
                Losses.crossEntropy(0.1),
                Losses.focal(0.5),
                Losses.focal(2),
                Losses.generalisedCrossEntropy(0.7),
                Losses.symmetricCrossEntropy(0.1, 1))) {
            try (PointerScope scope = new PointerScope()) {
                for (double[][] rows : List.of(targets, LossCheck.oneHot(3, 0, 1))) {
                    Tensor x = LossCheck.tensor(logits).set_requires_grad(true);
                    Tensor y = loss.of(x, LossCheck.tensor(rows));
                    y.backward();
                    assertThat(y.item_double()).isFinite();
                    assertThat(x.grad().isfinite().all().item_bool()).isTrue();
                }
            }
        }
    }

    @Test
    void classification_ofOtherClasses_isRefused() {
        assertThatThrownBy(() -> LossCheck.value(
                        Losses.crossEntropy(0), LossCheck.values(1, 2, 4), LossCheck.oneHot(CLASSES, 1, 2)))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("logits: [2, 4] (expected: [2, 5], as items and classes)");
        assertThatThrownBy(() -> LossCheck.value( // would broadcast
                        Losses.focal(2), LossCheck.values(1, 2, 1), LossCheck.oneHot(CLASSES, 1, 2)))
                .isInstanceOf(IncompatibleException.class);
    }

    @Test
    void crossEntropy_ofBfloat16_isComputedInFloat32() {
        try (PointerScope scope = new PointerScope()) {
            Tensor logits = LossCheck.tensor(LossCheck.values(10, 7, CLASSES)).to(ScalarType.BFloat16);
            Tensor targets = LossCheck.tensor(LossCheck.oneHot(CLASSES, KNOWN));
            Tensor loss = Losses.crossEntropy(0.1).of(logits, targets);
            assertThat(loss.scalar_type().intern()).isEqualTo(ScalarType.Float);
            assertThat(loss.item_double())
                    .isEqualTo(Losses.crossEntropy(0.1)
                            .of(logits.to(ScalarType.Float), targets)
                            .item_double());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void meanSquared_againstScalars_isTheSame(long seed) {
        LossCheck.same(
                Losses.meanSquared(),
                (outputs, targets) -> perValue(outputs, targets, error -> error * error),
                LossCheck.values(seed, 4, 3),
                LossCheck.values(seed + 100, 4, 3));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 1, 5})
    void huber_againstScalars_isTheSame(double delta) {
        LossCheck.same(
                Losses.huber(delta),
                (outputs, targets) -> perValue(
                        outputs,
                        targets,
                        error -> Math.abs(error) <= delta ? error * error / 2 : delta * (Math.abs(error) - delta / 2)),
                LossCheck.values(13, 4, 6),
                LossCheck.values(14, 4, 6));
    }

    private static double perValue(double[][] outputs, double[][] targets, java.util.function.DoubleUnaryOperator of) {
        double sum = 0;
        for (int row = 0; row < outputs.length; row++) {
            for (int i = 0; i < outputs[row].length; i++) {
                sum += of.applyAsDouble(outputs[row][i] - targets[row][i]);
            }
        }
        return sum / outputs.length / outputs[0].length;
    }

    @Test
    void values_ofAnotherShape_areRefused() {
        assertThatThrownBy(() ->
                        LossCheck.value(Losses.meanSquared(), LossCheck.values(1, 2, 1), LossCheck.values(2, 2, 3)))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("[2, 1]")
                .hasMessageContaining("[2, 3]");
        assertThatThrownBy(() -> LossCheck.value(Losses.huber(1), LossCheck.values(1, 1, 3), LossCheck.values(2, 2, 3)))
                .isInstanceOf(IncompatibleException.class);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 4})
    void distillation_againstScalars_isTheSame(double temperature) {
        LossCheck.same(
                (student, teacher) -> Losses.distillation(student, teacher, temperature),
                (student, teacher) -> {
                    double sum = 0;
                    for (int item = 0; item < student.length; item++) {
                        double[] ours = logs(over(student[item], temperature));
                        double[] theirs = logs(over(teacher[item], temperature));
                        for (int i = 0; i < ours.length; i++) {
                            sum += Math.exp(theirs[i]) * (theirs[i] - ours[i]);
                        }
                    }
                    return sum / student.length * temperature * temperature;
                },
                LossCheck.values(15, 6, CLASSES),
                LossCheck.values(16, 6, CLASSES));
    }

    private static double[] over(double[] logits, double temperature) {
        return java.util.Arrays.stream(logits).map(logit -> logit / temperature).toArray();
    }

    @Test
    void distillation_ofTheTeacherItself_isZero() {
        double[][] logits = LossCheck.values(17, 6, CLASSES);
        assertThat(LossCheck.value((a, b) -> Losses.distillation(a, b, 4), logits, logits))
                .isCloseTo(0, within(1e-6));
    }

    @Test
    void distillation_ofOtherClasses_isRefused() {
        assertThatThrownBy(() -> LossCheck.value(
                        (a, b) -> Losses.distillation(a, b, 4), LossCheck.values(1, 2, 1), LossCheck.values(2, 2, 3)))
                .isInstanceOf(IncompatibleException.class);
    }

    @Test
    void featureMatching_againstScalars_isTheSame() {
        LossCheck.same(
                Losses::featureMatching,
                (student, teacher) -> {
                    double scale = perValue(teacher, new double[6][4], value -> value * value);
                    return perValue(student, teacher, error -> error * error) / scale;
                },
                LossCheck.values(18, 6, 4),
                LossCheck.values(19, 6, 4));
    }

    @Test
    void settings_outOfRange_areRefused() {
        Map<String, Runnable> wrong = Map.of(
                "smoothing", () -> Losses.crossEntropy(1),
                "gamma", () -> Losses.focal(-1),
                "q", () -> Losses.generalisedCrossEntropy(0),
                "alpha", () -> Losses.symmetricCrossEntropy(Double.NaN, 1),
                "beta", () -> Losses.symmetricCrossEntropy(1, -1),
                "delta", () -> Losses.huber(0));
        wrong.forEach((name, make) -> assertThatThrownBy(make::run)
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith(name + ": ")
                .hasMessageContaining("(expected: "));
    }
}
