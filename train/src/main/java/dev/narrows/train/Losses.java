package dev.narrows.train;

import dev.narrows.errors.IncompatibleException;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Losses on logits and on values. All compute in float32, whatever the network computed in. Classes that are unknown weigh
 * nothing.
 */
public final class Losses {

    /** The least that a power or a quotient sees: its gradient at 0 may be none. */
    private static final double LEAST = 1e-7;

    private Losses() {}

    /**
     * Cross-entropy.
     *
     * @param smoothing share of each target that is spread over all classes (C. Szegedy et al., 2016), 0 to below 1
     */
    public static Loss crossEntropy(double smoothing) {
        Range.require("smoothing", smoothing, 0, 0.999);
        return (logits, targets) -> {
            require("logits", logits, targets, "items and classes");
            Tensor logs = logSoftmax(logits);
            Tensor plain = targets.mul(logs).sum(1L).neg();
            if (smoothing == 0) {
                return mean(plain, targets);
            }
            Tensor spread = logs.mean(1L).mul(targets.sum(1L)).neg();
            return mean(plain.mul(new Scalar(1 - smoothing)).add(spread.mul(new Scalar(smoothing))), targets);
        };
    }

    /**
     * Focal loss: what is easy weighs less (T.-Y. Lin et al., 2017).
     *
     * @param gamma 0 is cross-entropy; 2 is usual
     */
    public static Loss focal(double gamma) {
        Range.require("gamma", gamma, 0, 10);
        return (logits, targets) -> {
            require("logits", logits, targets, "items and classes");
            Tensor logs = logSoftmax(logits);
            Tensor hard = logs.expm1().neg().clamp_min(new Scalar(LEAST)).pow(new Scalar(gamma));
            return mean(targets.mul(hard).mul(logs).sum(1L).neg(), targets);
        };
    }

    /**
     * Generalised cross-entropy {@code (1 − p^q) / q}, between cross-entropy (q → 0) and mean absolute error (q = 1): stands
     * wrong labels (Z. Zhang, M. Sabuncu, 2018).
     *
     * @param q above 0, to 1; 0.7 is usual
     */
    public static Loss generalisedCrossEntropy(double q) {
        Range.require("q", q, 1e-3, 1);
        return (logits, targets) -> {
            require("logits", logits, targets, "items and classes");
            Tensor each = logSoftmax(logits).mul(new Scalar(q)).expm1().div(new Scalar(-q));
            return mean(targets.mul(each).sum(1L), targets);
        };
    }

    /**
     * Symmetric cross-entropy {@code α · CE(target, p) + β · CE(p, target)}: stands wrong labels (Y. Wang et al., 2019). The
     * logarithm of 0 counts −4, as there.
     */
    public static Loss symmetricCrossEntropy(double alpha, double beta) {
        Range.require("alpha", alpha, 0, 100);
        Range.require("beta", beta, 0, 100);
        return (logits, targets) -> {
            require("logits", logits, targets, "items and classes");
            Tensor logs = logSoftmax(logits);
            Tensor forward = targets.mul(logs).sum(1L).neg();
            Tensor targetLogs = targets.clamp_min(new Scalar(1e-4)).log().clamp_min(new Scalar(-4.0));
            Tensor known = targets.sum(1L);
            Tensor backward = logs.exp().mul(targetLogs).sum(1L).neg().mul(known);
            return mean(forward.mul(new Scalar(alpha)).add(backward.mul(new Scalar(beta))), targets);
        };
    }

    /** Mean squared error over all values. */
    public static Loss meanSquared() {
        return (outputs, targets) -> {
            require("outputs", outputs, targets, "the targets");
            return wide(outputs).sub(targets).square().mean();
        };
    }

    /**
     * Huber's loss over all values: squared below {@code delta}, linear above (P. Huber, 1964).
     *
     * @param delta above 0
     */
    public static Loss huber(double delta) {
        Range.require("delta", delta, 1e-9, 1e9);
        return (outputs, targets) -> {
            require("outputs", outputs, targets, "the targets");
            Tensor error = wide(outputs).sub(targets).abs();
            Tensor near = error.clamp(new ScalarOptional(), new ScalarOptional(new Scalar(delta)));
            return near.mul(error.sub(near.mul(new Scalar(0.5))))
                    .mean(); // near² / 2 + delta · (error − near) where far
        };
    }

    /**
     * Kullback–Leibler divergence from a teacher's softened distribution to the student's, times T² so that its gradient
     * keeps its size (G. Hinton, O. Vinyals, J. Dean: Distilling the knowledge in a neural network, 2015).
     *
     * @param student (items, classes) logits f32
     * @param teacher (items, classes) logits f32, no gradient goes there
     * @param temperature above 0; 1 to 10 is usual
     */
    public static Tensor distillation(Tensor student, Tensor teacher, double temperature) {
        Range.require("temperature", temperature, 1e-3, 1e3);
        require("logits of the student", student, teacher, "the teacher's");
        Scalar scale = new Scalar(1 / temperature);
        Tensor ours = logSoftmax(student.mul(scale));
        Tensor theirs = logSoftmax(teacher.detach().mul(scale));
        Tensor divergence = theirs.exp().mul(theirs.sub(ours)).sum(1L).mean();
        return divergence.mul(new Scalar(temperature * temperature));
    }

    /**
     * Squared distance of two feature maps, each scaled by the teacher's mean square, so that layers weigh alike
     * (after A. Romero et al.: FitNets, 2015).
     *
     * @param student f32, of the teacher's shape
     * @param teacher f32, no gradient goes there
     */
    public static Tensor featureMatching(Tensor student, Tensor teacher) {
        require("features", student, teacher, "the teacher's");
        Tensor theirs = wide(teacher.detach());
        Tensor scale = theirs.square().mean().clamp_min(new Scalar(LEAST));
        return wide(student).sub(theirs).square().mean().div(scale);
    }

    /** Shapes that differ could broadcast, to a loss of pairs that do not belong together. */
    private static void require(String what, Tensor made, Tensor wanted, String as) {
        if (!Arrays.equals(made.shape(), wanted.shape())) {
            throw new IncompatibleException(what + ": " + Arrays.toString(made.shape()) + " (expected: "
                    + Arrays.toString(wanted.shape()) + ", as " + as + ")");
        }
    }

    static Tensor logSoftmax(Tensor logits) {
        return logits.log_softmax(1, new ScalarTypeOptional(ScalarType.Float));
    }

    private static Tensor wide(Tensor tensor) {
        return tensor.scalar_type().intern() == ScalarType.Double ? tensor : tensor.to(ScalarType.Float);
    }

    /** The mean over the items whose class is known. */
    private static Tensor mean(Tensor perItem, Tensor targets) {
        return perItem.sum().div(targets.sum().clamp_min(new Scalar(1.0)));
    }
}
