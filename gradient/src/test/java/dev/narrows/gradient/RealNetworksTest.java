package dev.narrows.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Widening;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole networks: forward as ONNX Runtime, backward to every weight that matters, and back into ONNX. */
class RealNetworksTest {

    /**
     * Of the largest magnitude of an output, after tens of layers whose sums run in another order. YOLOX-nano puts its last
     * sums through exp: over four inputs the runtime is up to 9e-5 and libtorch up to 1.2e-4 away from float64, and up to
     * 1.2e-4 from each other.
     */
    private static final double TOLERANCE = 2e-4;

    private static Path root() {
        return Path.of(System.getProperty("narrows.root", ".."));
    }

    private static Tensor input(long... shape) {
        return OperatorCheck.values(11, shape);
    }

    private static void check(Network network, Tensor input) {
        String name = network.inputs().get(0).name();
        Map<String, Tensor> expected = run(network, name, input);
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork differentiable = DifferentiableNetwork.of(network)) {
            Map<String, org.bytedeco.pytorch.Tensor> actual = differentiable.forward(Map.of(name, Torch.of(input)));
            Map<String, Tensor> host = new LinkedHashMap<>();
            actual.forEach((output, tensor) -> host.put(output, Torch.toHost(tensor)));
            compare(expected, host);

            actual.values()
                    .iterator()
                    .next()
                    .pow(new org.bytedeco.pytorch.Scalar(2.0))
                    .sum()
                    .backward();
            assertThat(differentiable.parameters()).isNotEmpty();
            differentiable
                    .parameters()
                    .forEach((weight, tensor) -> assertThat(tensor.grad().defined()
                                    && tensor.grad().isfinite().all().item_bool())
                            .as("gradient of " + weight)
                            .isTrue());
            compare(expected, run(differentiable.trained(), name, input));
        }
    }

    private static Map<String, Tensor> run(Network network, String name, Tensor input) {
        try (Session session = Session.open("whole", OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT)) {
            return session.run(Map.of(name, input));
        }
    }

    private static void compare(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        expected.forEach((output, tensor) -> {
            Tensor other = Optional.ofNullable(actual.get(output)).orElseThrow();
            double largest = 1e-30;
            for (float value : tensor.toFloats()) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(other.maxAbsDifference(tensor) / largest).as(output).isLessThanOrEqualTo(TOLERANCE);
        });
    }

    @Test
    void barista_forwardBackwardAndBack_isTheNetwork() {
        Path file = root().resolve("examples").resolve("barista").resolve("barista.onnx");
        check(OnnxReader.read(file), input(2, 32_000));
    }

    @ParameterizedTest
    @CsvSource({
        "cifar10/resnet20.onnx, 1 3 32 32",
        "imagenet/mobilenetv2.onnx, 1 3 224 224",
        "imagenet/squeezenet_fp16.onnx, 1 3 224 224",
        "detect/yolox_nano.onnx, 1 3 416 416",
        "light/light_densenet121.onnx, 1 3 224 224",
        "light/light_inception_v1.onnx, 1 3 224 224",
        "light/light_inception_v2.onnx, 1 3 224 224",
        "light/light_resnet50.onnx, 1 3 224 224",
        "light/light_shufflenet.onnx, 1 3 224 224"
    })
    void sharedNetwork_forwardBackwardAndBack_isTheNetwork(String file, String shape) {
        String shared = Optional.ofNullable(System.getenv("NARROWS_SHARED"))
                .orElse(root().resolve("../shared").toString());
        Path path = Path.of(shared).resolve("models").resolve(file);
        assumeTrue(Files.exists(path), () -> "skipped: no " + path);
        long[] axes = java.util.Arrays.stream(shape.split(" ", -1))
                .mapToLong(Long::parseLong)
                .toArray();
        check(Widening.toFloat32IfHalf(OnnxReader.read(path)), input(axes));
    }

    /** Recurrent, and the first one inside the branches of an If. */
    @ParameterizedTest
    @ValueSource(strings = {"silero_vad.onnx", "silero_vad_16k_op15.onnx"})
    void voiceActivity_forwardAndBackward_isTheNetwork(String file) {
        String shared = Optional.ofNullable(System.getenv("NARROWS_SHARED"))
                .orElse(root().resolve("../shared").toString());
        Path path = Path.of(shared).resolve("models/speech").resolve(file);
        assumeTrue(Files.exists(path), () -> "skipped: no " + path);
        Network network = OnnxReader.read(path);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("input", input(1, 576));
        inputs.put("state", input(2, 1, 128));
        inputs.put("sr", Tensor.of(new long[] {16_000}));
        Map<String, Tensor> expected;
        try (Session session = Session.open("vad", OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT)) {
            expected = session.run(inputs);
        }
        try (DifferentiableNetwork differentiable = DifferentiableNetwork.of(network);
                PointerScope scope = new PointerScope()) {
            Map<String, org.bytedeco.pytorch.Tensor> given = new LinkedHashMap<>();
            inputs.forEach((name, tensor) -> given.put(name, Torch.of(tensor)));
            given.computeIfPresent("state", (name, tensor) -> tensor.set_requires_grad(true));

            Map<String, org.bytedeco.pytorch.Tensor> made = differentiable.forward(given);

            assertThat(made.keySet()).isEqualTo(expected.keySet());
            made.forEach((name, tensor) -> assertThat(Torch.toHost(tensor)
                            .maxAbsDifference(
                                    Optional.ofNullable(expected.get(name)).orElseThrow()))
                    .isLessThan(TOLERANCE));
            made.values()
                    .forEach(tensor -> tensor.sum()
                            .backward(
                                    new org.bytedeco.pytorch.Tensor(),
                                    new org.bytedeco.pytorch.BoolOptional(true),
                                    false,
                                    new org.bytedeco.pytorch.TensorArrayRefOptional()));
            assertThat(Optional.ofNullable(given.get("state"))
                            .orElseThrow()
                            .grad()
                            .abs()
                            .sum()
                            .item_double())
                    .isPositive();
        }
    }
}
