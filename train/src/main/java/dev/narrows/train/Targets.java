package dev.narrows.train;

import dev.narrows.data.Labels;
import dev.narrows.gradient.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** What a batch's items are and what they should become, in libtorch's memory. */
record Targets(Tensor values, List<Tensor> shares) {

    /**
     * @param labels the classes of each item, by task
     * @param classes how many there are, by task
     * @return targets of (items, classes) f32 by task: 1 at the item's class; all 0 where it is unknown
     */
    static List<Tensor> shares(List<int[]> labels, List<Integer> classes) {
        List<Tensor> shares = new ArrayList<>();
        for (int task = 0; task < classes.size(); task++) {
            int[] of = labels.get(task);
            int width = classes.get(task);
            float[] values = new float[of.length * width];
            for (int item = 0; item < of.length; item++) {
                if (of[item] != Labels.UNKNOWN) {
                    values[item * width + of[item]] = 1;
                }
            }
            shares.add(Torch.of(dev.narrows.engine.Tensor.of(values, of.length, width)));
        }
        return shares;
    }

    /**
     * Each item mixed with another of the batch, targets too (H. Zhang et al.: mixup, 2018).
     *
     * @param alpha above 0, to 1: of the Beta(α, α) distribution that the share comes from
     */
    Targets mixed(double alpha, SplittableRandom random) {
        double share = beta(alpha, random);
        List<Tensor> mixed = new ArrayList<>();
        for (Tensor targets : shares) {
            mixed.add(mix(targets, share));
        }
        return new Targets(mix(values, share), mixed);
    }

    /** Partners are the batch from behind: batches are shuffled, so that this is as good as drawing. */
    private static Tensor mix(Tensor values, double share) {
        return values.mul(new Scalar(share)).add(values.flip(0).mul(new Scalar(1 - share)));
    }

    /** M. Jöhnk's method, 1964; needs few tries for alpha up to 1. */
    private static double beta(double alpha, SplittableRandom random) {
        while (true) {
            double u = random.nextDouble();
            double v = random.nextDouble();
            double x = Math.pow(u, 1 / alpha);
            double y = Math.pow(v, 1 / alpha);
            if (x + y == 0) {
                return u > v ? 1 : 0; // alpha is so near 0 that the larger is all
            }
            if (x + y <= 1) {
                return x / (x + y);
            }
        }
    }
}
