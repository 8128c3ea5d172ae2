package dev.narrows.gradient;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Normalizations by mean and variance, of the batch, a sample or a part of it, and by norms of neighbours. */
final class Normalizations {

    private Normalizations() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("BatchNormalization", Normalizations::batch);
        kernels.put("InstanceNormalization", Normalizations::instance);
        kernels.put("LayerNormalization", Normalizations::layer);
        kernels.put("GroupNormalization", Normalizations::group);
        kernels.put("LRN", Normalizations::localResponse);
        kernels.put("LpNormalization", Normalizations::norm);
        kernels.put("MeanVarianceNormalization", Normalizations::meanVariance);
    }

    private static void batch(Call call) {
        Tensor x = call.input(0); // (batch, channels, spatial...) f32
        Tensor mean = call.input(3); // (channels) f32, as the variance
        Tensor variance = call.input(4);
        if (call.integer("spatial", 1) != 1) {
            throw call.unsupported("spatial: 0 (expected: 1)");
        }
        if (call.wanted() > 3) {
            throw call.unsupported("outputs: " + call.wanted() + " (expected: at most 3)");
        }
        double epsilon = call.real("epsilon", 1e-5);
        // A node exported for training uses the batch wherever it runs; its statistics move in training only.
        boolean ofBatch = call.training() || call.integer("training_mode", 0) == 1;
        T_TensorTensorTensor_T done = torch.native_batch_norm(
                x,
                call.optional(1),
                call.optional(2),
                ofBatch ? new TensorOptional() : new TensorOptional(mean),
                ofBatch ? new TensorOptional() : new TensorOptional(variance),
                ofBatch,
                0,
                epsilon);
        call.output(done.get0());
        if (ofBatch) {
            try (NoGradGuard guard = new NoGradGuard()) {
                // ONNX takes the population's variance, libtorch's own running statistics the sample's.
                Tensor spread = done.get2().pow(new Scalar(-2.0)).sub(new Scalar(epsilon));
                call.output(moved(call, mean, done.get1()));
                call.output(moved(call, variance, spread.clamp_min(new Scalar(0.0))));
            }
        }
    }

    /** The running statistic after this batch: in training also where it was. */
    private static Tensor moved(Call call, Tensor running, Tensor ofBatch) {
        double momentum = call.real("momentum", 0.9);
        Tensor moved = running.mul(new Scalar(momentum))
                .add(ofBatch.to(running.scalar_type()).mul(new Scalar(1 - momentum)));
        if (call.training()) {
            running.copy_(moved);
        }
        return moved;
    }

    private static void instance(Call call) {
        TensorOptional none = new TensorOptional();
        double epsilon = call.real("epsilon", 1e-5);
        call.output(torch.instance_norm(
                call.input(0), call.optional(1), call.optional(2), none, none, true, 0, epsilon, false));
    }

    private static void layer(Call call) {
        Tensor x = call.input(0);
        int axis = call.axis(x, call.integer("axis", -1));
        long[] part = Arrays.copyOfRange(x.shape(), axis, (int) x.dim());
        double epsilon = call.real("epsilon", 1e-5);
        boolean whole = Arrays.equals(call.input(1).shape(), part)
                && (!call.has(2) || Arrays.equals(call.input(2).shape(), part));
        if (call.wanted() == 1 && whole) {
            call.output(torch.layer_norm(x, part, call.optional(1), call.optional(2), epsilon, false));
            return;
        }
        // Scale and bias that broadcast; or the statistics are wanted too, which libtorch's function does not derive.
        long[] axes = new long[part.length];
        Arrays.setAll(axes, i -> axis + i);
        Tensor mean = mean(x, axes);
        Tensor centered = x.sub(mean);
        Tensor inverse = mean(centered.square(), axes).add(new Scalar(epsilon)).rsqrt();
        Tensor y = centered.mul(inverse).mul(call.input(1));
        call.output(call.has(2) ? y.add(call.input(2)) : y);
        call.output(mean);
        call.output(inverse);
    }

    private static void group(Call call) {
        Tensor x = call.input(0);
        long groups = call.integer("num_groups", 1);
        double epsilon = call.real("epsilon", 1e-5);
        if (call.opset() >= 21) {
            call.output(torch.group_norm(x, groups, call.optional(1), call.optional(2), epsilon, false));
            return;
        }
        // Before opset 21 scale and bias are by group, not by channel.
        Tensor y = torch.group_norm(x, groups, new TensorOptional(), new TensorOptional(), epsilon, false);
        y = y.reshape(x.shape()[0], groups, -1).mul(call.input(1).reshape(1, groups, 1));
        call.output(y.add(call.input(2).reshape(1, groups, 1)).reshape(x.shape()));
    }

    /** x / (bias + alpha / size · sum of the squares of {@code size} neighbouring channels)^beta. */
    private static void localResponse(Call call) {
        Tensor x = call.input(0); // (batch, channels, ...) f32
        long size = call.integer("size", 1);
        double alpha = call.real("alpha", 1e-4);
        long[] shape = x.shape();
        Tensor squares = x.square().reshape(shape[0], shape[1], -1);
        Tensor around = torch.pad(
                squares,
                new long[] {0, 0, (size - 1) / 2, size - 1 - (size - 1) / 2},
                "constant",
                new DoubleOptional(0));
        Tensor sum = around.unfold(1, size, 1).sum(3).reshape(shape);
        Tensor base = sum.mul(new Scalar(alpha / size)).add(new Scalar(call.real("bias", 1)));
        call.output(x.div(base.pow(new Scalar(call.real("beta", 0.75)))));
    }

    private static void norm(Call call) {
        Tensor x = call.input(0);
        int axis = call.axis(x, call.integer("axis", -1));
        ScalarOptional p = new ScalarOptional(new Scalar((double) call.integer("p", 2)));
        Tensor norm = x.norm(p, new long[] {axis}, true);
        // ONNX Runtime leaves zeros where all are.
        call.output(x.div(torch.where(norm.eq(new Scalar(0.0)), torch.ones_like(norm), norm)));
    }

    private static void meanVariance(Call call) {
        Tensor x = call.input(0);
        long[] axes = call.integers("axes", 0, 2, 3);
        Tensor centered = x.sub(mean(x, axes));
        Tensor deviation = mean(centered.square(), axes).sqrt();
        call.output(centered.div(deviation.add(new Scalar(1e-9))));
    }

    private static Tensor mean(Tensor x, long[] axes) {
        return x.mean(axes, true, new ScalarTypeOptional());
    }
}
