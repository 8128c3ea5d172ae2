package dev.narrows.shrink;

import java.util.Arrays;

/**
 * Weights for what stays of fields, so that products with it are what products with the whole fields were: ridge regression
 * towards the weights as they were, whose strength is the one that is best on the last fifth of the fields, and with all of
 * them then. With few fields and many weights that is a strong one.
 */
final class Ridge {

    /** Strengths that are tried, by the mean square of what stays. */
    private static final double[] STRENGTHS = {0.003, 0.03, 0.3, 3};

    private static final double TRAINED = 0.8;

    private final float[][] before;
    private final float[][] now;
    private final int[] stays;
    private final int[] firsts;
    private final int stride;
    private final boolean centred;

    /**
     * Of a group of a layer.
     *
     * @param before what it met in the whole network, at each place
     * @param now what it meets
     * @param stays which numbers of a field do
     * @param firsts where each channel's weights begin
     * @param stride between weights of a channel
     * @param centred whether something can be added to the products
     */
    Ridge(float[][] before, float[][] now, int[] stays, int[] firsts, int stride, boolean centred) {
        this.before = before;
        this.now = now;
        this.stays = stays;
        this.firsts = firsts;
        this.stride = stride;
        this.centred = centred;
    }

    /**
     * Fits all channels; weights of what goes become 0.
     *
     * @param weights of the layer, to be changed
     * @return what is to be added to each channel's products; 0 if nothing can be
     */
    double[] fit(float[] weights) {
        double[][] made = made(weights);
        double[][] old = new double[firsts.length][stays.length];
        for (int channel = 0; channel < firsts.length; channel++) {
            for (int i = 0; i < stays.length; i++) {
                old[channel][i] = weights[firsts[channel] + stays[i] * stride];
            }
        }
        Sums all = new Sums(0, now.length, made);
        double[][] found = all.solved(strength(made, old), old);
        double[] more = new double[firsts.length];
        for (int channel = 0; channel < firsts.length; channel++) {
            for (int i = 0; i < before[0].length; i++) {
                weights[firsts[channel] + i * stride] = 0;
            }
            for (int i = 0; i < stays.length; i++) {
                weights[firsts[channel] + stays[i] * stride] = (float) found[channel][i];
            }
            more[channel] = all.more(channel, found[channel]);
        }
        return more;
    }

    /** The strength that is best on the last fields, if the others fit by it; of a single field the greatest. */
    private double strength(double[][] made, double[][] old) {
        int trained = (int) (TRAINED * now.length);
        double best = STRENGTHS[STRENGTHS.length - 1];
        if (trained == 0) {
            return best;
        }
        Sums part = new Sums(0, trained, made);
        double least = Double.MAX_VALUE;
        for (double strength : STRENGTHS) {
            double error = error(part.solved(strength, old), part, trained, made);
            if (error < least) {
                least = error;
                best = strength;
            }
        }
        return best;
    }

    /** The products with whole fields, by place and channel. */
    private double[][] made(float[] weights) {
        double[][] made = new double[now.length][firsts.length];
        for (int place = 0; place < now.length; place++) {
            float[] field = before[place];
            for (int channel = 0; channel < firsts.length; channel++) {
                double sum = 0;
                for (int i = 0; i < field.length; i++) {
                    sum += field[i] * weights[firsts[channel] + i * stride];
                }
                made[place][channel] = sum;
            }
        }
        return made;
    }

    private double error(double[][] found, Sums sums, int from, double[][] made) {
        double error = 0;
        for (int channel = 0; channel < found.length; channel++) {
            double more = sums.more(channel, found[channel]);
            for (int place = from; place < now.length; place++) {
                double off = made[place][channel] - more;
                for (int i = 0; i < stays.length; i++) {
                    off -= found[channel][i] * now[place][stays[i]];
                }
                error += off * off;
            }
        }
        return error;
    }

    /** What some of the fields come to. */
    private final class Sums {
        private final double[] means = new double[stays.length]; // 0 if nothing can be added
        private final double[] madeMeans = new double[firsts.length];
        private final double[][] squares = new double[stays.length][];
        private final double[][] products = new double[firsts.length][stays.length];
        private final double mean; // square

        Sums(int from, int to, double[][] made) {
            for (int i = 0; i < stays.length; i++) {
                squares[i] = new double[i + 1];
            }
            double share = 1.0 / (to - from);
            for (int place = from; place < to && centred; place++) {
                for (int i = 0; i < stays.length; i++) {
                    means[i] += share * now[place][stays[i]];
                }
                for (int channel = 0; channel < firsts.length; channel++) {
                    madeMeans[channel] += share * made[place][channel];
                }
            }
            double[] field = new double[stays.length];
            for (int place = from; place < to; place++) {
                for (int i = 0; i < stays.length; i++) {
                    field[i] = now[place][stays[i]] - means[i];
                }
                for (int i = 0; i < stays.length; i++) {
                    add(squares[i], field, field[i]);
                }
                for (int channel = 0; channel < firsts.length; channel++) {
                    add(products[channel], field, made[place][channel] - madeMeans[channel]);
                }
            }
            double sum = 0;
            for (int i = 0; i < stays.length; i++) {
                sum += squares[i][i] / stays.length;
            }
            mean = sum;
        }

        /** @param sums as long as the field, or its beginning */
        private void add(double[] sums, double[] field, double factor) {
            if (factor != 0) {
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += factor * field[i];
                }
            }
        }

        /** Each channel's weights for what stays. */
        double[][] solved(double strength, double[][] old) {
            double ridge = mean > 0 ? strength * mean : 1;
            double[][] lower = new double[stays.length][];
            for (int i = 0; i < stays.length; i++) {
                lower[i] = Arrays.copyOf(squares[i], i + 1);
                lower[i][i] += ridge;
            }
            Cholesky.factor(lower);
            double[][] found = new double[firsts.length][];
            for (int channel = 0; channel < firsts.length; channel++) {
                double[] right = products[channel].clone();
                add(right, old[channel], ridge);
                Cholesky.solve(lower, right);
                found[channel] = right;
            }
            return found;
        }

        double more(int channel, double[] found) {
            double more = madeMeans[channel];
            for (int i = 0; i < stays.length; i++) {
                more -= found[i] * means[i];
            }
            return more;
        }
    }
}
