package dev.narrows.train;

import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What a code is expected to cost: a probability for each level in each channel, learned with the network (a factorised
 * prior, after J. Ballé, V. Laparra, E. Simoncelli: End-to-end optimized image compression, 2017, with a table in place of a
 * density). Between two levels the probability goes linearly, so that the cost has a gradient for the code too. Owns its
 * table.
 */
final class RateModel implements AutoCloseable {

    private static final String TABLE = "rate.table";
    private static final double LEAST = 1e-6;

    private final int levels;
    private final Tensor table; // (channels, levels) f32 logits

    RateModel(int channels, int levels) {
        this.levels = levels;
        table = torch.zeros(new long[] {channels, levels}, new TensorOptions(ScalarType.Float));
        table.set_requires_grad(true);
        table.retainReference();
    }

    Map<String, Tensor> parameters() {
        return Map.of(TABLE, table);
    }

    /**
     * The bits of a batch's codes together, differentiable.
     *
     * @param code (items, channels, …) f32 around 0 to levels less 1, whole or not
     */
    Tensor bits(Tensor code) {
        return cost(code, table);
    }

    /**
     * The bits of rounded codes together. The table learns from what is coded; the code gets the gradient of what it was
     * before it was rounded, with the table as it is.
     *
     * @param real (items, channels, …) f32
     * @param rounded the same, rounded
     */
    Tensor bits(Tensor real, Tensor rounded) {
        Tensor coded = cost(rounded.detach(), table);
        Tensor between = cost(real, table.detach());
        return coded.add(between.sub(between.detach()));
    }

    private Tensor cost(Tensor code, Tensor logits) {
        Tensor flat = code.to(ScalarType.Float).flatten(2 > code.dim() - 1 ? 1 : 2, -1);
        Tensor cells = code.dim() == 2 ? flat.unsqueeze(2) : flat; // (items, channels, places)
        Tensor places = cells.clamp(
                        new org.bytedeco.pytorch.ScalarOptional(new Scalar(0.0)),
                        new org.bytedeco.pytorch.ScalarOptional(new Scalar(levels - 1.0)))
                .unsqueeze(3);
        Tensor grid = torch.arange(new Scalar(levels)).to(ScalarType.Float);
        Tensor near = places.sub(grid).abs().neg().add(new Scalar(1.0)).clamp_min(new Scalar(0.0));
        Tensor shares = logits.softmax(1, new ScalarTypeOptional(ScalarType.Float))
                .unsqueeze(0)
                .unsqueeze(2);
        Tensor likely = near.mul(shares).sum(3L).clamp_min(new Scalar(LEAST));
        return likely.log2().sum().neg();
    }

    @Override
    public void close() {
        table.close();
    }
}
