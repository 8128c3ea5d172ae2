package dev.narrows.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CautiousConvolutionTest {

    private static final List<long[]> KERNELS =
            List.of(new long[] {1, 1}, new long[] {3, 3}, new long[] {5, 5}, new long[] {1, 9}, new long[] {2, 3});

    @ParameterizedTest
    @EnumSource(
            value = ScalarType.class,
            names = {"Float", "BFloat16"})
    void of_randomConvolutions_areAsInFloat64(ScalarType type) {
        compare(type, Case::of);
    }

    @ParameterizedTest
    @EnumSource(
            value = ScalarType.class,
            names = {"Float", "BFloat16"})
    void transposed_randomConvolutions_areAsInFloat64(ScalarType type) {
        compare(type, Case::transposed);
    }

    private static void compare(ScalarType type, Function<Random, Case> made) {
        Torch.seed(1);
        Random random = new Random(1);
        double most = type == ScalarType.Float ? 2e-5 : 2e-2;
        for (int i = 0; i < 300; i++) {
            try (PointerScope scope = new PointerScope()) {
                Case convolution = made.apply(random);
                List<Tensor> results = convolution.results(type);
                List<Tensor> wanted = convolution.results(ScalarType.Double);
                for (int k = 0; k < wanted.size(); k++) {
                    Tensor difference = results.get(k)
                            .to(ScalarType.Double)
                            .sub(wanted.get(k))
                            .abs();
                    double worst = max(difference) / Math.max(max(wanted.get(k).abs()), 1e-30);
                    assertThat(worst)
                            .as(
                                    "%s of %s",
                                    List.of("output", "weight's gradient", "bias's", "input's")
                                            .get(k),
                                    convolution)
                            .isLessThan(most);
                }
            }
        }
    }

    private static double max(Tensor tensor) {
        return tensor.max().item_double();
    }

    private static final class Case {

        private final Tensor x;
        private final Tensor weight;
        private final Tensor bias;
        private final Window window;
        private final long groups;
        private final boolean learns; // whether the input has a gradient
        private final boolean transposed;

        Case(Tensor x, Tensor weight, Tensor bias, Window window, long groups, boolean learns, boolean transposed) {
            this.x = x;
            this.weight = weight;
            this.bias = bias;
            this.window = window;
            this.groups = groups;
            this.learns = learns;
            this.transposed = transposed;
        }

        static Case of(Random random) {
            long[] kernel = KERNELS.get(random.nextInt(KERNELS.size()));
            long groups = random.nextInt(4) > 0 ? 1 : 1 + random.nextInt(24);
            long channels = groups
                    * (groups > 1 && random.nextBoolean() ? 1 : 1 + random.nextInt(random.nextBoolean() ? 16 : 60));
            long outputs = groups * (groups > 1 && random.nextBoolean() ? 1 : 1 + random.nextInt(60));
            long dilation = 1L + random.nextInt(2);
            Tensor x = torch.randn(1 + random.nextInt(9), channels, 9 + random.nextInt(12), 17 + random.nextInt(20));
            Tensor weight = torch.randn(outputs, channels / groups, kernel[0], kernel[1]);
            long[] pads = {random.nextInt(2) * (kernel[0] / 2), random.nextInt(2) * (kernel[1] / 2)};
            long[] strides = {1 + random.nextInt(2), 1 + random.nextInt(2)};
            Case image = new Case(
                    random.nextInt(3) > 0 ? x.contiguous(MemoryFormat.ChannelsLast) : x,
                    weight,
                    torch.randn(outputs),
                    new Window(kernel, strides, new long[] {dilation, dilation}, pads, pads),
                    groups,
                    random.nextInt(3) > 0,
                    false);
            return random.nextInt(4) > 0 ? image : image.series();
        }

        /** Its last axis only. */
        private Case series() {
            long[] pads = {window.begins()[1]};
            return new Case(
                    x.select(2, 0),
                    weight.select(2, 0),
                    bias,
                    new Window(
                            new long[] {window.kernel()[1]},
                            new long[] {window.strides()[1]},
                            new long[] {window.dilations()[1]},
                            pads,
                            pads),
                    groups,
                    learns,
                    transposed);
        }

        /** Of fewer positions, as there are more behind it. */
        static Case transposed(Random random) {
            long[] kernel = KERNELS.get(random.nextInt(KERNELS.size()));
            long groups = random.nextInt(4) > 0 ? 1 : 2;
            long channels = groups * (1 + random.nextInt(40));
            long each = 1L + random.nextInt(40);
            long dilation = 1L + random.nextInt(2);
            long[] strides = {1 + random.nextInt(3), 1 + random.nextInt(3)};
            Tensor x = torch.randn(1 + random.nextInt(5), channels, 3 + random.nextInt(6), 5 + random.nextInt(6));
            Case image = new Case(
                    random.nextBoolean() ? x.contiguous(MemoryFormat.ChannelsLast) : x,
                    torch.randn(channels, each, kernel[0], kernel[1]),
                    torch.randn(groups * each),
                    new Window(kernel, strides, new long[] {dilation, dilation}, new long[2], new long[2]),
                    groups,
                    random.nextInt(3) > 0,
                    true);
            return random.nextInt(4) > 0 ? image : image.series();
        }

        /** Output and gradients, where float64 is libtorch's own convolution. */
        List<Tensor> results(ScalarType type) {
            List<Tensor> leaves = List.of(x, weight, bias).stream()
                    .map(tensor -> tensor.detach().clone().set_requires_grad(tensor != x || learns))
                    .toList();
            List<Tensor> typed = leaves.stream().map(tensor -> tensor.to(type)).toList();
            TensorOptional added = new TensorOptional(typed.get(2));
            boolean wanted = type == ScalarType.Double;
            Tensor y = transposed
                    ? transposed(typed.get(0), typed.get(1), added, wanted)
                    : wanted
                            ? Convolutions.plain(typed.get(0), typed.get(1), added, window, groups)
                            : CautiousConvolution.of(typed.get(0), typed.get(1), added, window, groups);
            Tensor wide = y.to(ScalarType.Double);
            Tensor factors = torch.cos(torch.arange(new Scalar(wide.numel())).reshape(wide.shape()));
            wide.mul(factors.add(new Scalar(1.5))).sum().backward(); // no sum near 0
            List<Tensor> results = new ArrayList<>(
                    List.of(wide.detach(), leaves.get(1).grad(), leaves.get(2).grad()));
            if (learns) {
                results.add(leaves.get(0).grad());
            }
            return results;
        }

        /** With a longer end where the strides allow it. */
        private Tensor transposed(Tensor items, Tensor by, TensorOptional and, boolean wanted) {
            long[] whole = new long[window.axes()];
            for (int axis = 0; axis < whole.length; axis++) {
                long span = (window.kernel()[axis] - 1) * window.dilations()[axis] + 1;
                long steps = items.shape()[axis + 2] - 1;
                whole[axis] = steps * window.strides()[axis] + span + window.strides()[axis] / 2;
            }
            return wanted
                    ? Convolutions.transposed(items, by, and, window.strides(), window.dilations(), whole, groups)
                    : CautiousConvolution.transposed(
                            items, by, and, window.strides(), window.dilations(), whole, groups);
        }

        @Override
        public String toString() {
            return (transposed ? "transposed " : "") + Arrays.toString(x.shape()) + " by "
                    + Arrays.toString(weight.shape()) + ", strides "
                    + Arrays.toString(window.strides()) + ", pads " + Arrays.toString(window.begins())
                    + ", dilations " + Arrays.toString(window.dilations()) + ", groups " + groups
                    + (learns ? "" : ", no gradient of the input");
        }
    }
}
