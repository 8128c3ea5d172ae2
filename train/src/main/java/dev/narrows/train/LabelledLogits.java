package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import dev.narrows.wire.bundle.Softmax;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a classifier answered to items of known classes.
 *
 * @param classes how many there are
 * @param values (items, classes) logits, one item behind the other
 * @param labels the items' classes
 */
public record LabelledLogits(int classes, float[] values, int[] labels) {

    public LabelledLogits {
        if (classes < 2 || values.length != (long) classes * labels.length) {
            throw new InvalidException("logits: " + values.length + " (expected: " + labels.length + " items × "
                    + classes + " classes, 2 or more)");
        }
    }

    public int size() {
        return labels.length;
    }

    /** The class with the largest logit; of equals the first. */
    public int answer(int item) {
        int from = Objects.checkIndex(item, size()) * classes;
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (values[from + c] > values[from + best]) {
                best = c;
            }
        }
        return best;
    }

    public boolean right(int item) {
        return answer(item) == labels[item];
    }

    /** Whether each item's answer is right. */
    public boolean[] right() {
        boolean[] right = new boolean[size()];
        for (int item = 0; item < right.length; item++) {
            right[item] = right(item);
        }
        return right;
    }

    /** The share of right answers. */
    public double accuracy() {
        int count = 0;
        for (int item = 0; item < size(); item++) {
            count += right(item) ? 1 : 0;
        }
        return (double) count / size();
    }

    /** The softmax of an item's logits over a temperature. */
    public double[] probabilities(int item, double temperature) {
        int from = Objects.checkIndex(item, size()) * classes;
        return Softmax.of(Arrays.copyOfRange(values, from, from + classes), temperature);
    }

    /** The mean negative log-likelihood of the labels. */
    public double loss(double temperature) {
        double sum = 0;
        for (int item = 0; item < size(); item++) {
            int from = item * classes;
            double most = values[from + answer(item)];
            double total = 0;
            for (int c = 0; c < classes; c++) {
                total += Math.exp((values[from + c] - most) / temperature);
            }
            sum += Math.log(total) - (values[from + labels[item]] - most) / temperature;
        }
        return sum / size();
    }
}
