package dev.narrows.shrink;

/** The factor L of a symmetric positive definite matrix, L·Lᵀ; in place, rows up to the diagonal. */
final class Cholesky {

    private Cholesky() {}

    /** Of a lower triangle, in place. */
    static void factor(double[][] matrix) {
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= matrix[i][k] * matrix[j][k];
                }
                matrix[i][j] = i == j ? Math.sqrt(Math.max(sum, Double.MIN_NORMAL)) : sum / matrix[j][j];
            }
        }
    }

    /** L⁻¹ of a factor, in place, row by row: row i becomes (eᵢ - Σ Lᵢₖ · row k) / Lᵢᵢ. */
    static void invert(double[][] lower) {
        for (int i = 0; i < lower.length; i++) {
            double[] row = new double[i + 1];
            for (int k = 0; k < i; k++) {
                double factor = lower[i][k];
                double[] above = lower[k];
                for (int j = 0; j <= k; j++) {
                    row[j] -= factor * above[j];
                }
            }
            row[i] = 1;
            for (int j = 0; j <= i; j++) {
                row[j] /= lower[i][i];
            }
            lower[i] = row;
        }
    }

    /** x of L·Lᵀ·x = b, in place. */
    static void solve(double[][] lower, double[] b) {
        for (int i = 0; i < b.length; i++) {
            double sum = b[i];
            for (int k = 0; k < i; k++) {
                sum -= lower[i][k] * b[k];
            }
            b[i] = sum / lower[i][i];
        }
        for (int i = b.length - 1; i >= 0; i--) {
            double found = b[i] / lower[i][i];
            b[i] = found;
            for (int k = 0; k < i; k++) {
                b[k] -= lower[i][k] * found;
            }
        }
    }
}
