package dev.narrows.shrink;

/**
 * Rounds the weights of a channel one after the other, and lets those not yet rounded make up for the error on the layer's
 * output (GPTQ, Frantar et al. 2022, after Optimal Brain Surgeon): with U the upper Cholesky factor of the inverse of the
 * {@link Curvature}, the error of weight i over Uᵢᵢ is taken from each later weight j Uᵢⱼ times. O(n²) for n weights, behind
 * O(n³) for the factor, once for all channels of a group.
 */
final class Gptq {

    private Gptq() {}

    /** The levels of a channel's weights. */
    static int[] levels(double[] weights, LevelGrid grid, Curvature curvature) {
        int size = weights.length;
        double[] left = new double[size]; // in the order of rounding
        for (int i = 0; i < size; i++) {
            left[i] = weights[curvature.inOrder(i)];
        }
        int[] levels = new int[size];
        for (int i = 0; i < size; i++) {
            int weight = curvature.inOrder(i);
            levels[weight] = grid.nearest(weight, left[i]);
            float[] row = curvature.upper(i);
            double error = (left[i] - grid.value(weight, levels[weight])) / row[0];
            for (int j = 1; j < row.length; j++) {
                left[i + j] -= error * row[j];
            }
        }
        return levels;
    }
}
