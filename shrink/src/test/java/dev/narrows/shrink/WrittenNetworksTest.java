package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.ValueInfo;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.plan.RandomItems;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is written keeps ONNX's rules and says of itself what the network said that it was made of.
 *
 * <p>How this is checked: every kind of change is made to every network; what comes of it is written, and the bytes are
 * given to the ONNX project's own checker with its shape inference ({@link Checker}, where there is a native library for
 * the platform), read again by {@link OnnxReader}, whose Validator has its own rules and knows the newest versions too,
 * and loaded and run in ONNX Runtime. Names, types and axes of inputs and outputs, opsets, metadata and documentation are
 * compared as protobuf messages.
 */
class WrittenNetworksTest {

    private static final Path NO_MODELS = Path.of("no-models");

    /** A network to change, the lengths that its inputs leave open, and inputs for which no made-up tensor would do. */
    record Given(String name, Network network, Map<String, List<Long>> lengths, Map<String, Tensor> fixed) {

        Given(String name, Network network, Map<String, List<Long>> lengths) {
            this(name, network, lengths, Map.of());
        }

        Shapes shapes(Network changed) {
            return NetworkShapes.infer(changed, lengths, fixed);
        }

        List<Map<String, Tensor>> items() {
            return RandomItems.of(network, shapes(network), 2, 5, fixed);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Every family of the zoo, every form of opset, every hostile network. */
    static List<Given> made() {
        List<Given> made = new ArrayList<>();
        InputShape picture = new InputShape.Image(3, 32, 32);
        for (String spec : List.of(
                "cnn:width=0.25",
                "dscnn:width=0.25,depth=1",
                "lenet:width=0.5",
                "mlp:width=0.1",
                "mobilenet:width=0.1,depth=0.5",
                "resnet:depth=8,width=0.25",
                "squeezenet:width=0.1,depth=0.5",
                "vgg:width=0.1,depth=1")) {
            made.add(zoo(spec, picture));
        }
        made.add(zoo("cnn1d:width=0.1,depth=2", new InputShape.Series(3, 64)));
        made.add(zoo("cnn:width=0.1,mels=16", new InputShape.Sound(8000, 4000)));
        for (long opset : new long[] {7, 9, 11, 13, 17, 21, 26}) {
            made.add(new Given("opset " + opset, HostileNetworks.plain(opset), Map.of()));
        }
        HostileNetworks.all()
                .forEach(hostile -> made.add(new Given(hostile.name(), hostile.network(), hostile.shape(0))));
        return made;
    }

    private static Given zoo(String spec, InputShape shape) {
        return new Given(spec, Zoo.build(Architecture.parse(spec), shape, 5, 3), Map.of());
    }

    /** Made up: the weights' magnitudes, turned around. */
    private static Map<String, float[]> salience(Network network) {
        Map<String, float[]> all = new LinkedHashMap<>();
        network.constants().forEach((name, tensor) -> {
            if (tensor.type() == ElementType.FLOAT) {
                float[] values = tensor.floats();
                for (int i = 0; i < values.length; i++) {
                    values[i] = 1 / (1 + Math.abs(values[i]));
                }
                all.put(name, values);
            }
        });
        return all;
    }

    /** What the commands make of a network, each in all of its ways. What they refuse, they refuse with what they expect. */
    private static Map<String, Network> changed(Given given) {
        Map<String, Network> changed = new LinkedHashMap<>();
        Network network = given.network();
        Shapes shapes = given.shapes(network);
        Network fused = Fusing.run(network, shapes, Reference.of(network, given.items()), Fusing.passes())
                .network();
        changed.put("fuse", fused);
        try {
            Int8 int8 = Int8.calibrated(fused, given.shapes(fused), given.items());
            for (CalibrationMethod method : CalibrationMethod.values()) {
                changed.put(
                        "quantize by " + method, int8.quantized(Int8Options.DEFAULT.withMethod(method), node -> true));
            }
            changed.put(
                    "quantize by GPTQ", int8.quantized(Int8Options.DEFAULT.withRounding(Rounding.GPTQ), node -> true));
            changed.put(
                    "quantize to signed bytes",
                    int8.quantized(Int8Options.DEFAULT.withActivations(ActivationGrid.SIGNED), node -> true));
            changed.put("quantize to 7 bits", int8.quantized(Int8Options.DEFAULT.withWeightBits(7), node -> true));
            Node first = int8.layers().get(0);
            changed.put("quantize some", int8.quantized(Int8Options.DEFAULT, node -> !node.equals(first)));
        } catch (UnsupportedException refused) {
            assertThat(refused).hasMessageContaining(" (expected: ");
        }
        changed.putAll(inOtherFormats(fused, given));
        FilterPruning filters = FilterPruning.of(network, shapes, 1);
        for (FilterCriterion criterion : FilterCriterion.values()) {
            if (criterion.needsGradients()) {
                continue; // and so labels: FineTuningTest
            }
            try {
                changed.put("prune filters by " + criterion, filters.removed(filters.uniform(0.5, criterion, 1)));
            } catch (UnsupportedException refused) {
                assertThat(refused).hasMessageContaining(" (expected: ");
            }
        }
        changed.put("prune filters of all", filters.removed(filters.global(0.5, 0.8, FilterCriterion.L1, 2)));
        try {
            WeightPruning weights = WeightPruning.of(network, shapes, node -> true);
            for (WeightPruning.Method method : WeightPruning.Method.values()) {
                changed.put("prune weights by " + method, weights.pruned(method, 1.25, salience(network), 1));
            }
            changed.put("prune weights 2:4", weights.pruned(SparsePattern.parse("2:4")));
            changed.put(
                    "share weights",
                    WeightSharing.of(network, shapes, node -> true).shared(layer -> 4));
        } catch (InvalidException refused) {
            assertThat(refused).hasMessageContaining(" (expected: ");
        }
        return changed;
    }

    private static Map<String, Network> inOtherFormats(Network fused, Given given) {
        Map<String, Network> changed = new LinkedHashMap<>();
        Shapes shapes = given.shapes(fused);
        Map<String, Supplier<Network>> formats = new LinkedHashMap<>();
        for (NumberFormat format : List.of(
                NumberFormat.FLOAT16, NumberFormat.BFLOAT16, NumberFormat.FLOAT8_E4M3, NumberFormat.FLOAT8_E5M2)) {
            formats.put(format.toString(), () -> WeightStorage.floats(fused, shapes, format, node -> true));
        }
        for (int bits : new int[] {2, 4}) {
            for (boolean symmetric : new boolean[] {false, true}) {
                formats.put(
                        bits + " bits" + (symmetric ? ", symmetric" : ""),
                        () -> WeightStorage.blocks(fused, shapes, new BlockOptions(bits, 16, symmetric), node -> true));
            }
        }
        formats.put("half throughout", () -> Float16.computed(fused, shapes, given.items(), node -> true));
        formats.put("dynamic bytes", () -> DynamicInt8.quantized(fused, shapes, 8, true, node -> true));
        formats.forEach((name, format) -> {
            try {
                changed.put(name, format.get());
            } catch (InvalidException | UnsupportedException refused) {
                assertThat(refused).as(name).hasMessageContaining(" (expected: ");
            }
        });
        return changed;
    }

    @ParameterizedTest
    @MethodSource("made")
    void written_anyChangeOfAnyNetwork_obeysOnnxAndIsNamedAsBefore(Given given) {
        assertKeepsTheRules(new Given(given.name(), Messages.documented(given.network()), given.lengths()));
    }

    @ParameterizedTest
    @MethodSource("shared")
    void written_anyChangeOfANetworkOfOthers_obeysOnnxAndIsNamedAsBefore(Path file) {
        assumeTrue(!file.equals(NO_MODELS), "no folder of models: NARROWS_SHARED");
        Network network = OnnxReader.read(file);
        boolean voice = String.valueOf(file.getFileName()).startsWith("silero");
        Map<String, List<Long>> lengths = new LinkedHashMap<>();
        Map<String, Tensor> fixed = new LinkedHashMap<>();
        if (voice) { // 36 ms of sound and what came before
            lengths.put("input", List.of(1L, 576L));
            lengths.put("state", List.of(2L, 1L, 128L));
            fixed.put("sr", Tensor.of(new long[] {16_000}));
            fixed.keySet()
                    .retainAll(network.inputs().stream().map(ValueInfo::name).toList());
        }
        assertKeepsTheRules(new Given(String.valueOf(file.getFileName()), network, lengths, fixed));
    }

    static List<Path> shared() throws IOException {
        String named = System.getProperty("NARROWS_SHARED", System.getenv("NARROWS_SHARED"));
        Path root = named == null ? Path.of(System.getProperty("narrows.root", ".."), "../shared") : Path.of(named);
        if (!Files.isDirectory(root.resolve("models"))) {
            return List.of(NO_MODELS);
        }
        try (Stream<Path> files = Files.walk(root.resolve("models"))) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        }
    }

    private static void assertKeepsTheRules(Given given) {
        ModelProto before = Messages.of(given.network());
        Map<String, Tensor> item = given.items().get(0);
        try (Session old = Reference.open(given.network())) {
            Map<String, Tensor> answers = old.run(item);
            Map<String, Network> changed = changed(given);
            changed.forEach((name, network) -> {
                assertThat(OnnxReader.read(OnnxWriter.write(network), OnnxReader.ExternalData.NONE))
                        .as(name)
                        .isEqualTo(network);
                boolean bytes = name.startsWith("quantize"); // layers of bytes may need a newer opset
                Network fused = Objects.requireNonNull(changed.get("fuse"));
                long opset = bytes
                        ? OpsetRaising.toBytes(fused).opset()
                        : given.network().opset();
                assertSameWords(name, before, Messages.of(network), opset);
                assertRuns(name, old, item, answers, network);
            });
        }
    }

    /** @param opset that the network is to be of */
    private static void assertSameWords(String name, ModelProto before, ModelProto after, long opset) {
        if (Checker.isThere()) {
            Checker.check(after);
        }
        assertThat(outside(after)).as(name).isEqualTo(outside(before));
        Map<String, Long> expected = opsets(before);
        expected.replace("", opset);
        assertThat(opsets(after)).as(name).isEqualTo(expected);
        assertThat(after.toBuilder().clearGraph().clearOpsetImport().build())
                .as(name) // IR version, producer, domain, version, documentation, metadata, functions
                .isEqualTo(before.toBuilder().clearGraph().clearOpsetImport().build());
    }

    /** Name, documentation, inputs and outputs. */
    private static GraphProto outside(ModelProto model) {
        return GraphProto.newBuilder()
                .setName(model.getGraph().getName())
                .setDocString(model.getGraph().getDocString())
                .addAllInput(model.getGraph().getInputList())
                .addAllOutput(model.getGraph().getOutputList())
                .build();
    }

    /** The opsets; com.microsoft's apart, in which layers of bytes are written before opset 13. */
    private static Map<String, Long> opsets(ModelProto model) {
        Map<String, Long> opsets = new LinkedHashMap<>();
        for (OperatorSetIdProto opset : model.getOpsetImportList()) {
            if (!opset.getDomain().equals("com.microsoft")) {
                opsets.put(opset.getDomain(), opset.getVersion());
            }
        }
        return opsets;
    }

    private static void assertRuns(
            String name, Session old, Map<String, Tensor> item, Map<String, Tensor> answers, Network network) {
        try (Session session = Reference.open(network)) {
            assertThat(session.inputs()).as(name).isEqualTo(old.inputs());
            assertThat(session.outputs().stream().map(TensorSpec::name))
                    .as(name)
                    .containsExactlyElementsOf(answers.keySet());
            session.run(item).forEach((output, tensor) -> {
                Tensor before = Objects.requireNonNull(answers.get(output));
                assertThat(tensor.dtype()).as(name).isEqualTo(before.dtype());
                assertThat(tensor.shape()).as(name).isEqualTo(before.shape());
            });
        }
    }

    /** The checker is awake: what is wrong does not pass. */
    @Test
    void check_anAttributeThatTheOperatorHasNot_fails() {
        assumeTrue(Checker.isThere(), "the ONNX checker has no library for this platform");
        ModelProto.Builder model = Messages.of(HostileNetworks.plain(17)).toBuilder();
        Checker.check(model.build());
        model.getGraphBuilder()
                .getNodeBuilder(1)
                .addAttributeBuilder()
                .setName("alpha")
                .setF(1)
                .setType(AttributeProto.AttributeType.FLOAT);

        assertThatThrownBy(() -> Checker.check(model.build()))
                .isInstanceOf(RuntimeException.class)
                .isNotInstanceOf(NarrowsException.class)
                .hasMessageContaining("alpha");
    }
}
