package dev.narrows.train;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Losses on embeddings: items of one class come near, others go far. Embeddings are scaled to length 1 first; items of
 * unknown class take no part. All pairs of a batch are compared: memory grows with the square of the batch.
 */
public final class EmbeddingLosses {

    private static final double FAR = 1e9;
    private static final double LEAST = 1e-12;

    private EmbeddingLosses() {}

    /**
     * Triplet loss with the hardest partners of the batch: {@code max(0, farthest of the class − nearest of another +
     * margin)} (A. Hermans, L. Beyer, B. Leibe: In defense of the triplet loss, 2017).
     *
     * @param margin above 0; of distances between 0 and 2
     */
    public static Loss triplet(double margin) {
        Range.require("margin", margin, 1e-6, 2);
        return (embeddings, targets) -> {
            Tensor distance = distances(embeddings);
            Tensor same = same(targets);
            Tensor others = others(targets, same);
            Tensor partners = same.sub(torch.eye(same.size(0))).clamp_min(new Scalar(0.0));
            Tensor farthest = distance.mul(partners).amax(new long[] {1}, false);
            Tensor nearest = distance.add(others.neg().add(new Scalar(1.0)).mul(new Scalar(FAR)))
                    .amin(new long[] {1}, false);
            Tensor complete = partners.amax(new long[] {1}, false)
                    .mul(others.amax(new long[] {1}, false)); // has a partner of both kinds
            Tensor loss = farthest.sub(nearest).add(new Scalar(margin)).clamp_min(new Scalar(0.0));
            return loss.mul(complete).sum().div(complete.sum().clamp_min(new Scalar(1.0)));
        };
    }

    /**
     * Contrastive loss: distance² of pairs of a class, {@code max(0, margin − distance)²} of others (R. Hadsell, S. Chopra,
     * Y. LeCun, 2006). Each kind of pair weighs one half.
     */
    public static Loss contrastive(double margin) {
        Range.require("margin", margin, 1e-6, 2);
        return (embeddings, targets) -> {
            Tensor distance = distances(embeddings);
            Tensor same = same(targets);
            Tensor partners = same.sub(torch.eye(same.size(0))).clamp_min(new Scalar(0.0));
            Tensor others = others(targets, same);
            Tensor near = distance.square().mul(partners).sum();
            Tensor gap = distance.neg().add(new Scalar(margin)).clamp_min(new Scalar(0.0));
            Tensor far = gap.square().mul(others).sum();
            return near.div(partners.sum().clamp_min(new Scalar(1.0)))
                    .add(far.div(others.sum().clamp_min(new Scalar(1.0))))
                    .mul(new Scalar(0.5));
        };
    }

    /**
     * Supervised contrastive loss, the form with the sum outside the logarithm (P. Khosla et al., 2020).
     *
     * @param temperature above 0; 0.1 is usual
     */
    public static Loss supervisedContrastive(double temperature) {
        Range.require("temperature", temperature, 1e-3, 100);
        return (embeddings, targets) -> {
            Tensor unit = unit(embeddings);
            Tensor same = same(targets);
            Tensor eye = torch.eye(same.size(0));
            Tensor partners = same.sub(eye).clamp_min(new Scalar(0.0));
            Tensor known =
                    targets.amax(new long[] {1}, false).gt(new Scalar(0.0)).to(unit.scalar_type());
            Tensor similarity = cosines(unit).to(ScalarType.Float).div(new Scalar(temperature));
            Tensor hidden =
                    eye.add(known.neg().add(new Scalar(1.0)).unsqueeze(0)).clamp_max(new Scalar(1.0));
            Tensor logs = similarity.sub(hidden.mul(new Scalar(FAR))).log_softmax(1);
            Tensor count = partners.sum(1L);
            Tensor perItem = logs.mul(partners).sum(1L).neg().div(count.clamp_min(new Scalar(1.0)));
            Tensor complete = count.gt(new Scalar(0.0)).to(unit.scalar_type());
            return perItem.mul(complete).sum().div(complete.sum().clamp_min(new Scalar(1.0)));
        };
    }

    private static Tensor unit(Tensor embeddings) {
        Tensor flat = embeddings.flatten(1, -1).to(ScalarType.Float);
        Tensor length = flat.square().sum(1L).clamp_min(new Scalar(LEAST)).sqrt();
        return flat.div(length.unsqueeze(1));
    }

    /** In float64, for what lies near is the difference of what is alike; mixed precision leaves float64 as it is. */
    private static Tensor cosines(Tensor unit) {
        Tensor wide = unit.to(ScalarType.Double);
        return wide.matmul(wide.t());
    }

    private static Tensor distances(Tensor embeddings) {
        Tensor unit = unit(embeddings);
        Tensor squared = cosines(unit).mul(new Scalar(-2.0)).add(new Scalar(2.0));
        return squared.clamp_min(new Scalar(LEAST)).sqrt().to(ScalarType.Float);
    }

    /** 1 where two items are of one class, as their largest shares say. */
    private static Tensor same(Tensor targets) {
        Tensor classes = targets.argmax(new org.bytedeco.pytorch.LongOptional(1), false);
        Tensor known = targets.amax(new long[] {1}, false).gt(new Scalar(0.0)).to(ScalarType.Float);
        Tensor equal = classes.unsqueeze(0).eq(classes.unsqueeze(1)).to(ScalarType.Float);
        return equal.mul(known.unsqueeze(0)).mul(known.unsqueeze(1));
    }

    /** 1 where two items are of two known classes. */
    private static Tensor others(Tensor targets, Tensor same) {
        Tensor known = targets.amax(new long[] {1}, false).gt(new Scalar(0.0)).to(ScalarType.Float);
        return known.unsqueeze(0).mul(known.unsqueeze(1)).sub(same);
    }
}
