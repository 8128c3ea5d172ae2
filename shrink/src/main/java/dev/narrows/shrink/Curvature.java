package dev.narrows.shrink;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How the squared error of a layer's output depends on errors e of the weights of one channel: e·H·e with H = X·Xᵀ of what
 * the weights meet ({@link SecondMoments}), a hundredth of its mean diagonal added to the diagonal.
 */
final class Curvature {

    /** Added to the diagonal of H, of its mean: GPTQ's. */
    private static final double DAMPING = 0.01;

    private final float[][] matrix;
    private final int[] order;
    private final float[][] upper;

    private Curvature(float[][] matrix, int[] order, float[][] upper) {
        this.matrix = matrix;
        this.order = order;
        this.upper = upper;
    }

    /**
     * Of one group of a layer.
     *
     * @param moments X·Xᵀ, full and symmetric
     */
    static Curvature of(double[][] moments) {
        int size = moments.length;
        double mean = 0;
        for (int i = 0; i < size; i++) {
            mean += moments[i][i] / size;
        }
        double damping = mean > 0 ? DAMPING * mean : 1;
        int[] order = IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -moments[i][i]))
                .mapToInt(Integer::intValue)
                .toArray();
        float[][] matrix = new float[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                matrix[i][j] = (float) (moments[i][j] + (i == j ? damping : 0));
            }
        }
        return new Curvature(matrix, order, upper(moments, damping, order));
    }

    /** How many weights a channel has. */
    int size() {
        return matrix.length;
    }

    /** A row of H. */
    float[] row(int weight) {
        return matrix[weight];
    }

    /** What an error of this weight alone counts, squared. */
    double at(int weight) {
        return matrix[weight][weight];
    }

    /** Weights whose inputs are largest come first, as GPTQ's later code has it. */
    int inOrder(int place) {
        return order[place];
    }

    /** A row of the upper Cholesky factor of H's inverse, weights {@link #inOrder}; it starts at the diagonal. */
    float[] upper(int place) {
        return upper[place];
    }

    /** With H's axes turned round, H = L·Lᵀ; L⁻¹ turned round again is U. */
    private static float[][] upper(double[][] moments, double damping, int[] order) {
        int size = moments.length;
        double[][] lower = new double[size][];
        for (int i = 0; i < size; i++) {
            lower[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                lower[i][j] = moments[order[size - 1 - i]][order[size - 1 - j]] + (i == j ? damping : 0);
            }
        }
        Cholesky.factor(lower);
        Cholesky.invert(lower);
        float[][] upper = new float[size][];
        for (int i = 0; i < size; i++) {
            double[] row = lower[size - 1 - i];
            upper[i] = new float[row.length];
            for (int j = 0; j < row.length; j++) {
                upper[i][j] = (float) row[row.length - 1 - j];
            }
        }
        return upper;
    }

    /** Each weight's own {@link #at}. */
    double[] diagonal() {
        return IntStream.range(0, size()).mapToDouble(this::at).toArray();
    }
}
