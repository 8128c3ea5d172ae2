package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import java.util.List;

/**
 * Predicts whether an exit is right from what its answer looks like: a logistic regression on the largest probability, the
 * entropy over the logarithm of the classes, and the margin between the two largest probabilities.
 *
 * @param bias of the regression
 * @param weights of largest probability, entropy and margin
 */
public record LearnedGate(double bias, List<Double> weights) {

    /** How many numbers it looks at. */
    public static final int FEATURES = 3;

    /** Of the squared weights, the bias left out. The features are so alike that without it weights would run away. */
    private static final double RIDGE = 0.1;

    private static final int MOST_STEPS = 50;
    private static final double SMALL = 1e-9;

    public LearnedGate {
        weights = List.copyOf(weights);
        if (weights.size() != FEATURES) {
            throw new InvalidException("weights: " + weights.size() + " (expected: " + FEATURES + ")");
        }
    }

    /** How sure it is that the exit is right, 0 to 1. */
    public double of(double[] features) {
        double sum = bias;
        for (int i = 0; i < FEATURES; i++) {
            sum += weights.get(i) * features[i];
        }
        return 1 / (1 + Math.exp(-sum));
    }

    /**
     * Fits it by Newton's method (iteratively reweighted least squares) with ridge; steps that do not help are halved.
     *
     * @param features (items, {@value #FEATURES})
     * @param right whether the exit was right
     */
    public static LearnedGate fit(double[][] features, boolean[] right) {
        if (features.length != right.length || right.length == 0) {
            throw new InvalidException(
                    "items: " + features.length + ", answers " + right.length + " (expected: as many, and some)");
        }
        double[] beta = new double[FEATURES + 1];
        double now = objective(features, right, beta);
        for (int step = 0; step < MOST_STEPS; step++) {
            double[] move = newton(features, right, beta);
            double scale = 1;
            double[] next = moved(beta, move, scale);
            double then = objective(features, right, next);
            while (!(then <= now) && scale > SMALL) {
                scale /= 2;
                next = moved(beta, move, scale);
                then = objective(features, right, next);
            }
            boolean still = now - then < SMALL * (1 + now);
            beta = then <= now ? next : beta;
            now = Math.min(now, then);
            if (still) {
                break;
            }
        }
        return new LearnedGate(beta[0], List.of(beta[1], beta[2], beta[3]));
    }

    private static double[] moved(double[] beta, double[] move, double scale) {
        double[] next = beta.clone();
        for (int i = 0; i < next.length; i++) {
            next[i] += scale * move[i];
        }
        return next;
    }

    /** The penalised negative log-likelihood, a sum over items. */
    private static double objective(double[][] features, boolean[] right, double[] beta) {
        double sum = 0;
        for (int item = 0; item < right.length; item++) {
            double z = right[item] ? linear(features[item], beta) : -linear(features[item], beta);
            sum += z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z;
        }
        for (int i = 1; i < beta.length; i++) {
            sum += RIDGE / 2 * beta[i] * beta[i];
        }
        return sum;
    }

    private static double linear(double[] features, double[] beta) {
        double sum = beta[0];
        for (int i = 0; i < FEATURES; i++) {
            sum += beta[i + 1] * features[i];
        }
        return sum;
    }

    private static double[] newton(double[][] features, boolean[] right, double[] beta) {
        int size = FEATURES + 1;
        double[][] system = new double[size][size + 1];
        double[] row = new double[size];
        row[0] = 1;
        for (int item = 0; item < right.length; item++) {
            System.arraycopy(features[item], 0, row, 1, FEATURES);
            double p = 1 / (1 + Math.exp(-linear(features[item], beta)));
            double weight = p * (1 - p);
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    system[i][j] += weight * row[i] * row[j];
                }
                system[i][size] += ((right[item] ? 1 : 0) - p) * row[i];
            }
        }
        for (int i = 0; i < size; i++) {
            system[i][i] += i == 0 ? SMALL : RIDGE; // the bias too must stay solvable when all items are alike
            system[i][size] -= i == 0 ? 0 : RIDGE * beta[i];
        }
        return solved(system);
    }

    /** Gauss's elimination; the system is symmetric and positive definite, so that no pivots are looked for. */
    private static double[] solved(double[][] system) {
        int size = system.length;
        for (int pivot = 0; pivot < size; pivot++) {
            for (int row = pivot + 1; row < size; row++) {
                double factor = system[row][pivot] / system[pivot][pivot];
                for (int column = pivot; column <= size; column++) {
                    system[row][column] -= factor * system[pivot][column];
                }
            }
        }
        double[] solution = new double[size];
        for (int row = size - 1; row >= 0; row--) {
            double rest = system[row][size];
            for (int column = row + 1; column < size; column++) {
                rest -= system[row][column] * solution[column];
            }
            solution[row] = rest / system[row][row];
        }
        return solution;
    }
}
