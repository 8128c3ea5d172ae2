package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.gradient.MixedPrecision;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingLossesTest {

    private static final int CLASSES = 4;

    /** Class 2 has one member. */
    private static final int[] ONE_MEMBER = {0, 1, 1, 2, 0, 3, 3, 0};

    private static final int[] SOME_UNKNOWN = {0, -1, 1, 2, 0, -1, 1, -1};

    static List<int[]> batches() {
        return List.of(new int[] {0, 0, 1, 1, 2, 2, 3, 3}, ONE_MEMBER, SOME_UNKNOWN);
    }

    private static double[] unit(double[] row) {
        double length = Math.sqrt(dot(row, row));
        return java.util.Arrays.stream(row).map(value -> value / length).toArray();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = unit(a)[i] - unit(b)[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    /** What two items are to each other, as the targets say: 1 partners, -1 of other classes, 0 nothing. */
    private static int pair(double[][] targets, int a, int b) {
        int ofA = classOf(targets[a]);
        int ofB = classOf(targets[b]);
        return a == b || ofA < 0 || ofB < 0 ? 0 : ofA == ofB ? 1 : -1;
    }

    private static int classOf(double[] shares) {
        int largest = -1;
        for (int i = 0; i < shares.length; i++) {
            largest = shares[i] > (largest < 0 ? 0 : shares[largest]) ? i : largest;
        }
        return largest;
    }

    private static LossCheck.Scalar triplet(double margin) {
        return (outputs, targets) -> {
            double sum = 0;
            int complete = 0;
            for (int a = 0; a < outputs.length; a++) {
                double farthest = Double.NEGATIVE_INFINITY;
                double nearest = Double.POSITIVE_INFINITY;
                for (int b = 0; b < outputs.length; b++) {
                    double distance = distance(outputs[a], outputs[b]);
                    farthest = pair(targets, a, b) == 1 ? Math.max(farthest, distance) : farthest;
                    nearest = pair(targets, a, b) == -1 ? Math.min(nearest, distance) : nearest;
                }
                if (farthest >= 0 && nearest < 3) {
                    sum += Math.max(0, farthest - nearest + margin);
                    complete++;
                }
            }
            return complete == 0 ? 0 : sum / complete;
        };
    }

    private static LossCheck.Scalar contrastive(double margin) {
        return (outputs, targets) -> {
            double near = 0;
            double far = 0;
            int partners = 0;
            int others = 0;
            for (int a = 0; a < outputs.length; a++) {
                for (int b = 0; b < outputs.length; b++) {
                    double distance = distance(outputs[a], outputs[b]);
                    if (pair(targets, a, b) == 1) {
                        near += distance * distance;
                        partners++;
                    } else if (pair(targets, a, b) == -1) {
                        far += Math.pow(Math.max(0, margin - distance), 2);
                        others++;
                    }
                }
            }
            return (near / Math.max(1, partners) + far / Math.max(1, others)) / 2;
        };
    }

    private static LossCheck.Scalar supervised(double temperature) {
        return (outputs, targets) -> {
            double sum = 0;
            int complete = 0;
            for (int a = 0; a < outputs.length; a++) {
                double ofPartners = 0;
                int partners = 0;
                double all = 0;
                for (int b = 0; b < outputs.length; b++) {
                    double similarity = dot(unit(outputs[a]), unit(outputs[b])) / temperature;
                    all += pair(targets, a, b) == 0 ? 0 : Math.exp(similarity);
                    if (pair(targets, a, b) == 1) {
                        ofPartners += similarity;
                        partners++;
                    }
                }
                if (partners > 0) {
                    sum -= ofPartners / partners - Math.log(all);
                    complete++;
                }
            }
            return complete == 0 ? 0 : sum / complete;
        };
    }

    @ParameterizedTest
    @MethodSource("batches")
    void triplet_againstScalars_isTheSame(int[] classes) {
        for (double margin : new double[] {0.05, 0.3, 2}) {
            LossCheck.same(
                    EmbeddingLosses.triplet(margin),
                    triplet(margin),
                    LossCheck.values(20, classes.length, 3),
                    LossCheck.oneHot(CLASSES, classes));
        }
    }

    @ParameterizedTest
    @MethodSource("batches")
    void contrastive_againstScalars_isTheSame(int[] classes) {
        for (double margin : new double[] {0.5, 1, 2}) {
            LossCheck.same(
                    EmbeddingLosses.contrastive(margin),
                    contrastive(margin),
                    LossCheck.values(21, classes.length, 3),
                    LossCheck.oneHot(CLASSES, classes));
        }
    }

    @ParameterizedTest
    @MethodSource("batches")
    void supervisedContrastive_againstScalars_isTheSame(int[] classes) {
        for (double temperature : new double[] {0.1, 1}) {
            LossCheck.same(
                    EmbeddingLosses.supervisedContrastive(temperature),
                    supervised(temperature),
                    LossCheck.values(22, classes.length, 3),
                    LossCheck.oneHot(CLASSES, classes));
        }
    }

    private static List<Loss> all() {
        return List.of(
                EmbeddingLosses.triplet(0.3),
                EmbeddingLosses.contrastive(1),
                EmbeddingLosses.supervisedContrastive(0.1));
    }

    @Test
    void embeddings_withoutPairs_loseNothing() {
        double[][] outputs = LossCheck.values(23, 3, 4);
        for (Loss loss : all()) {
            LossCheck.same(loss, (x, targets) -> 0, outputs, LossCheck.oneHot(CLASSES, -1, -1, -1));
            LossCheck.same(loss, (x, targets) -> 0, outputs, LossCheck.oneHot(CLASSES, -1, 2, -1));
        }
        // Each of a class of its own: only the contrastive loss has something to say.
        assertThat(LossCheck.value(all().get(0), outputs, LossCheck.oneHot(CLASSES, 0, 1, 2)))
                .isZero();
        assertThat(LossCheck.value(all().get(2), outputs, LossCheck.oneHot(CLASSES, 0, 1, 2)))
                .isZero();
    }

    @Test
    void embeddings_thatAreEqualOrZero_haveFiniteGradients() {
        double[][] outputs = {{1, 2, 3}, {1, 2, 3}, {2, 4, 6}, {0, 0, 0}, {0, 0, 0}, {1, 2, 3}};
        for (Loss loss : all()) {
            try (PointerScope scope = new PointerScope()) {
                Tensor x = LossCheck.tensor(outputs).set_requires_grad(true);
                Tensor y = loss.of(x, LossCheck.tensor(LossCheck.oneHot(CLASSES, 0, 0, 0, 1, 1, 1)));
                y.backward();
                assertThat(y.item_double()).isFinite();
                assertThat(x.grad().isfinite().all().item_bool()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void embeddings_inMixedPrecision_areComparedInFull(int which) {
        double[][] outputs = LossCheck.values(24, 8, 64);
        double[][] targets = LossCheck.oneHot(CLASSES, ONE_MEMBER);
        double expected = LossCheck.value(all().get(which), outputs, targets);
        try (MixedPrecision precision = new MixedPrecision()) {
            assertThat(LossCheck.value(all().get(which), outputs, targets)).isCloseTo(expected, within(1e-6));
        }
    }
}
