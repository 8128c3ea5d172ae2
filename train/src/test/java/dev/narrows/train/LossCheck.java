package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.Tensor;
import dev.narrows.gradient.Torch;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;

/** A loss against a scalar one in Java's doubles: its value, and its gradient against the scalar one's differences. */
final class LossCheck {

    /** Of float32 sums over some dozen terms. */
    private static final double TOLERANCE = 2e-6;

    /** Of the largest element of the gradient. */
    private static final double GRADIENT_TOLERANCE = 2e-5;

    private static final double STEP = 1e-6;

    /** A loss of rows of outputs and rows of targets. */
    @FunctionalInterface
    interface Scalar {
        double of(double[][] outputs, double[][] targets);
    }

    private LossCheck() {}

    static void same(Loss loss, Scalar reference, double[][] outputs, double[][] targets) {
        double expected = reference.of(outputs, targets);
        try (PointerScope scope = new PointerScope()) {
            org.bytedeco.pytorch.Tensor x = tensor(outputs).set_requires_grad(true);
            org.bytedeco.pytorch.Tensor y = loss.of(x, tensor(targets));
            assertThat(y.dim()).as("axes of the loss").isZero();
            assertThat(y.item_double()).isCloseTo(expected, within(TOLERANCE * Math.max(1, Math.abs(expected))));
            y.backward();
            compare(Torch.toHost(x.grad()).toFloats(), differences(reference, outputs, targets));
        }
    }

    private static void compare(float[] gradient, double[] expected) {
        double largest = 1e-3;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) gradient[i])
                    .as("gradient of element " + i)
                    .isCloseTo(expected[i], within(GRADIENT_TOLERANCE * largest));
        }
    }

    private static double[] differences(Scalar reference, double[][] outputs, double[][] targets) {
        double[] gradient = new double[outputs.length * outputs[0].length];
        int at = 0;
        for (double[] row : outputs) {
            for (int i = 0; i < row.length; i++) {
                double value = row[i];
                row[i] = value + STEP;
                double above = reference.of(outputs, targets);
                row[i] = value - STEP;
                double below = reference.of(outputs, targets);
                row[i] = value;
                gradient[at++] = (above - below) / (2 * STEP);
            }
        }
        return gradient;
    }

    static double value(Loss loss, double[][] outputs, double[][] targets) {
        try (PointerScope scope = new PointerScope()) {
            return loss.of(tensor(outputs), tensor(targets)).item_double();
        }
    }

    /** Rows of values that float32 has, -2 to 2. */
    static double[][] values(long seed, int rows, int width) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] values = new double[rows][width];
        for (double[] row : values) {
            for (int i = 0; i < width; i++) {
                row[i] = (float) (random.nextDouble() * 4 - 2);
            }
        }
        return values;
    }

    /** Rows with a 1 at each class; all 0 for -1. */
    static double[][] oneHot(int classes, int... of) {
        double[][] rows = new double[of.length][classes];
        for (int item = 0; item < of.length; item++) {
            if (of[item] >= 0) {
                rows[item][of[item]] = 1;
            }
        }
        return rows;
    }

    /** Rows of shares that sum to 1, as mix-up makes them. */
    static double[][] mixed(double share, double[][] rows) {
        double[][] mixed = new double[rows.length][rows[0].length];
        for (int item = 0; item < rows.length; item++) {
            for (int i = 0; i < rows[item].length; i++) {
                mixed[item][i] = (float) (share * rows[item][i] + (1 - share) * rows[rows.length - 1 - item][i]);
            }
        }
        return mixed;
    }

    static org.bytedeco.pytorch.Tensor tensor(double[][] rows) {
        int width = rows[0].length;
        float[] values = new float[rows.length * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rows[i / width][i % width];
        }
        return Torch.of(Tensor.of(values, rows.length, width));
    }
}
