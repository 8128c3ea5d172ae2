package dev.narrows.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
        double most = type == ScalarType.Float ? 2e-5 : 3e-2;
        for (int i = 0; i < 300; i++) {
            try (PointerScope scope = new PointerScope()) {
                Case convolution = made.apply(random);
                Map<String, Tensor> results = convolution.results(type);
                convolution.results(ScalarType.Double).forEach((what, wanted) -> {
                    Tensor own = Objects.requireNonNull(results.get(what));
                    assertThat(own.shape()).as("%s of %s", what, convolution).isEqualTo(wanted.shape());
                    Tensor difference = own.to(ScalarType.Double).sub(wanted).abs();
                    assertThat(max(difference) / Math.max(max(wanted.abs()), 1e-30))
                            .as("%s of %s", what, convolution)
                            .isLessThan(most);
                });
            }
        }
    }

    private static double max(Tensor tensor) {
        return tensor.max().item_double();
    }

    private static final class Case {

        private final Tensor x;
        private final Tensor weight;
        private final TensorOptional bias;
        private final Window window;
        private final long groups;
        private final boolean learns; // whether the input has a gradient
        private final Optional<long[]> extra; // of a transposed one

        Case(
                Tensor x,
                Tensor weight,
                TensorOptional bias,
                Window window,
                long groups,
                boolean learns,
                Optional<long[]> extra) {
            this.x = x;
            this.weight = weight;
            this.bias = bias;
            this.window = window;
            this.groups = groups;
            this.learns = learns;
            this.extra = extra;
        }

        static Case of(Random random) {
            long[] kernel = KERNELS.get(random.nextInt(KERNELS.size()));
            long groups = random.nextInt(4) > 0 ? 1 : 1 + random.nextInt(24);
            long channels = groups
                    * (groups > 1 && random.nextBoolean() ? 1 : 1 + random.nextInt(random.nextBoolean() ? 16 : 60));
            long outputs = groups * (groups > 1 && random.nextBoolean() ? 1 : 1 + random.nextInt(60));
            long dilation = 1L + random.nextInt(2);
            Tensor x = torch.randn(1 + random.nextInt(9), channels, 9 + random.nextInt(12), 17 + random.nextInt(20));
            long[] pads = {random.nextInt(2) * (kernel[0] / 2), random.nextInt(2) * (kernel[1] / 2)};
            long[] strides = {1 + random.nextInt(2), 1 + random.nextInt(2)};
            Case image = new Case(
                    random.nextInt(3) > 0 ? x.contiguous(MemoryFormat.ChannelsLast) : x,
                    torch.randn(outputs, channels / groups, kernel[0], kernel[1]),
                    bias(random, outputs),
                    new Window(kernel, strides, new long[] {dilation, dilation}, pads, pads),
                    groups,
                    random.nextInt(3) > 0,
                    Optional.empty());
            return random.nextInt(4) > 0 ? image : image.series();
        }

        /** Of fewer positions, as there are more behind it. */
        static Case transposed(Random random) {
            long[] kernel = KERNELS.get(random.nextInt(KERNELS.size()));
            long groups = random.nextInt(8) > 0 ? 1 : 2;
            long channels = groups * (1 + random.nextInt(40));
            long each = 1L + random.nextInt(40);
            long dilation = random.nextInt(8) > 0 ? 1 : 2;
            int rowStride = 1 + random.nextInt(3);
            int columnStride = 1 + random.nextInt(3);
            Tensor x = torch.randn(1 + random.nextInt(5), channels, 3 + random.nextInt(6), 5 + random.nextInt(6));
            Case image = new Case(
                    random.nextBoolean() ? x.contiguous(MemoryFormat.ChannelsLast) : x,
                    torch.randn(channels, each, kernel[0], kernel[1]),
                    bias(random, groups * each),
                    new Window(
                            kernel,
                            new long[] {rowStride, columnStride},
                            new long[] {dilation, dilation},
                            new long[2],
                            new long[2]),
                    groups,
                    random.nextInt(3) > 0,
                    Optional.of(new long[] {random.nextInt(rowStride), random.nextInt(columnStride)}));
            return random.nextInt(4) > 0 ? image : image.series();
        }

        private static TensorOptional bias(Random random, long outputs) {
            return random.nextInt(4) > 0 ? new TensorOptional(torch.randn(outputs)) : new TensorOptional();
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
                    extra.map(each -> new long[] {each[1]}));
        }

        /** Output and gradients, where float64 is libtorch's own convolution. */
        Map<String, Tensor> results(ScalarType type) {
            Tensor items = leaf(x, learns);
            Tensor kernels = leaf(weight, true);
            TensorOptional biases = bias.has_value() ? new TensorOptional(leaf(bias.get(), true)) : bias;
            Tensor wide = (type == ScalarType.Double
                            ? reference(items, kernels, biases)
                            : own(items, kernels, biases, type))
                    .to(ScalarType.Double);
            Tensor factors = torch.cos(torch.arange(new Scalar(wide.numel())).reshape(wide.shape()));
            wide.mul(factors.add(new Scalar(1.5))).sum().backward(); // no sum near 0
            Map<String, Tensor> results = new LinkedHashMap<>();
            results.put("output", wide.detach());
            results.put("weight's gradient", kernels.grad());
            if (bias.has_value()) {
                results.put("bias's gradient", biases.get().grad());
            }
            if (learns) {
                results.put("input's gradient", items.grad());
            }
            return results;
        }

        private static Tensor leaf(Tensor tensor, boolean learns) {
            return tensor.detach().clone().set_requires_grad(learns);
        }

        private Tensor reference(Tensor items, Tensor kernels, TensorOptional biases) {
            Tensor wide = items.to(ScalarType.Double);
            Tensor by = kernels.to(ScalarType.Double);
            TensorOptional with = typed(biases, ScalarType.Double);
            return extra.map(longer -> Convolutions.transposed(wide, by, with, window, longer, groups))
                    .orElseGet(() -> Convolutions.plain(wide, by, with, window, groups));
        }

        private Tensor own(Tensor items, Tensor kernels, TensorOptional biases, ScalarType type) {
            Tensor lower = items.to(type);
            Tensor by = kernels.to(type);
            TensorOptional with = typed(biases, type);
            return extra.map(longer -> CautiousConvolution.transposed(lower, by, with, window, longer, groups))
                    .orElseGet(() -> CautiousConvolution.of(lower, by, with, window, groups));
        }

        private static TensorOptional typed(TensorOptional tensor, ScalarType type) {
            return tensor.has_value() ? new TensorOptional(tensor.get().to(type)) : tensor;
        }

        @Override
        public String toString() {
            return (extra.isPresent() ? "transposed " : "") + Arrays.toString(x.shape()) + " by "
                    + Arrays.toString(weight.shape()) + ", strides "
                    + Arrays.toString(window.strides()) + ", pads " + Arrays.toString(window.begins())
                    + ", dilations " + Arrays.toString(window.dilations()) + ", groups " + groups
                    + (learns ? "" : ", no gradient of the input");
        }
    }
}
