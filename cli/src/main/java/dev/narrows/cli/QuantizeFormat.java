package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.shrink.BlockOptions;
import dev.narrows.shrink.DynamicInt8;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.Float16;
import dev.narrows.shrink.Fusing;
import dev.narrows.shrink.Kernels;
import dev.narrows.shrink.NumberFormat;
import dev.narrows.shrink.Reference;
import dev.narrows.shrink.WeightStorage;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code narrows shrink quantize} turns numbers into, and how it does so for all formats but static INT8. */
final class QuantizeFormat {

    private static final int SAMPLE_ITEMS = 20;
    private static final int PROFILED_RUNS = 3;

    @Option(
            names = "--to",
            paramLabel = "FORMAT",
            description =
                    "${COMPLETION-CANDIDATES} (default: int8). int8 and int8-dynamic compute with bytes; the others hold "
                            + "weights in fewer bits and bring them back when the network is loaded.")
    private NumberFormat to = NumberFormat.INT8;

    @Option(
            names = "--group",
            paramLabel = "N",
            description = "int4, int2: weights that share a scale, 16, 32, 64, 128 or 256 (default: "
                    + BlockOptions.DEFAULT_GROUP + ").")
    private @Nullable Integer group;

    @Option(
            names = "--symmetric",
            description = "int4, int2: the same level is 0 in all groups; a little smaller and worse.")
    private boolean symmetric;

    @Option(
            names = "--activations",
            description = "float16: compute in it too, for processors that can; here such networks are slower.")
    private boolean activations;

    @Option(
            names = "--convolutions",
            description =
                    "int8-dynamic: convolutions too, though the runtime's kernel for them is slower than float32's.")
    private boolean convolutions;

    /** Whether it is static INT8, which needs calibration. */
    boolean isStatic() {
        return to == NumberFormat.INT8;
    }

    /**
     * Refuses options that go with another format.
     *
     * @param isGiven whether something was said with an option
     */
    void check(Predicate<String> isGiven) {
        boolean blocks = to == NumberFormat.INT4 || to == NumberFormat.INT2;
        require("--group", group == null || blocks, "int4 or int2");
        require("--symmetric", !symmetric || blocks, "int4 or int2");
        require("--activations", !activations || to == NumberFormat.FLOAT16, "float16");
        require("--convolutions", !convolutions || to == NumberFormat.INT8_DYNAMIC, "int8-dynamic");
        for (String option : List.of("--calibrate", "--rounding")) {
            require(option, !isGiven.test(option) || isStatic() || blocks, "int8, int4 or int2");
        }
        for (String option : Int8Search.OPTIONS) {
            require(option, !isGiven.test(option) || isStatic(), "int8");
        }
        require(
                "--weight-bits",
                !isGiven.test("--weight-bits") || isStatic() || to == NumberFormat.INT8_DYNAMIC,
                "int8 or int8-dynamic");
        require("--fine-tune", !isGiven.test("--fine-tune") || isStatic(), "int8");
        for (String option : FineTuneOptions.HOW) {
            require(option, !isGiven.test(option) || isStatic(), "int8 and --fine-tune");
        }
        if (group != null && (group < 16 || group > 256 || Integer.bitCount(group) != 1)) {
            throw new WrongUseException("--group: " + group + " (expected: 16, 32, 64, 128 or 256)");
        }
    }

    private void require(String option, boolean fits, String format) {
        if (!fits) {
            throw new WrongUseException(option + ": with --to " + to + " (expected: with --to " + format + ")");
        }
    }

    /**
     * Does it.
     *
     * @param weightBits 7, 8 or auto, of dynamic INT8
     * @param rounding of int4 and int2
     */
    int run(
            Terminal terminal,
            boolean json,
            ShrinkRun run,
            Predicate<Node> wanted,
            String weightBits,
            RoundingSearch rounding)
            throws IOException {
        Evidence evidence = run.evidence();
        List<Map<String, Tensor>> items = run.trainingItems(SAMPLE_ITEMS);
        Network fused = terminal.waiting("fusing", () -> Fusing.fused(run.network(), run.shapes(), items));
        Shapes shapes = run.shapes(fused);
        JsonObject details = new JsonObject();
        details.addProperty("format", to.toString());
        Network changed = to == NumberFormat.INT4 || to == NumberFormat.INT2
                ? blocks(terminal, json, fused, shapes, wanted, rounding, details)
                : terminal.waiting("rounding", () -> changed(fused, shapes, items, wanted, weightBits, details));
        Kernels kernels = Kernels.of(changed, evidence.items().get(0), PROFILED_RUNS);
        details.addProperty("float32_numbers_before", floats(fused));
        details.addProperty("float32_numbers", floats(changed));
        details.addProperty("integer_kernels", kernels.integerLayers());
        details.addProperty("float_kernels", kernels.floatLayers());
        if (!json) {
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%s: of %s float32 numbers %s stay; %d layers ran on integers, %d on floats",
                            to,
                            Quantity.count(floats(fused)),
                            Quantity.count(floats(changed)),
                            kernels.integerLayers(),
                            kernels.floatLayers()));
            terminal.out().println();
        }
        return run.finish(terminal, json, changed, evidence, details);
    }

    private Network changed(
            Network fused,
            Shapes shapes,
            List<Map<String, Tensor>> items,
            Predicate<Node> wanted,
            String weightBits,
            JsonObject details) {
        if (to == NumberFormat.INT8_DYNAMIC) {
            return dynamic(fused, shapes, items, wanted, weightBits, details);
        }
        return activations
                ? Float16.computed(fused, shapes, items, wanted)
                : WeightStorage.floats(fused, shapes, to, wanted);
    }

    private Network blocks(
            Terminal terminal,
            boolean json,
            Network fused,
            Shapes shapes,
            Predicate<Node> wanted,
            RoundingSearch rounding,
            JsonObject details) {
        BlockOptions options = new BlockOptions(
                to == NumberFormat.INT4 ? 4 : 2, group == null ? BlockOptions.DEFAULT_GROUP : group, symmetric);
        details.addProperty("group", options.group());
        details.addProperty("symmetric", options.symmetric());
        Network stored = rounding.stored(fused, shapes, options, wanted, details);
        if (!json) {
            terminal.out().println(RoundingSearch.text(details));
        }
        return stored;
    }

    private Network dynamic(
            Network fused,
            Shapes shapes,
            List<Map<String, Tensor>> items,
            Predicate<Node> wanted,
            String weightBits,
            JsonObject details) {
        boolean sevenOnly = weightBits.equals("7");
        Network best = DynamicInt8.quantized(fused, shapes, sevenOnly ? 7 : 8, convolutions, wanted);
        int bits = sevenOnly ? 7 : 8;
        if (weightBits.equals("auto")) {
            Reference reference = Reference.of(fused, items);
            Network seven = DynamicInt8.quantized(fused, shapes, 7, convolutions, wanted);
            boolean better = reference.difference(seven).signalToNoise()
                    > reference.difference(best).signalToNoise();
            best = better ? seven : best;
            bits = better ? 7 : 8;
        }
        details.addProperty("weight_bits", bits);
        return best;
    }

    private static long floats(Network network) {
        return network.initializers().values().stream()
                .filter(tensor -> tensor.type() == ElementType.FLOAT)
                .mapToLong(ConstantTensor::elements)
                .sum();
    }
}
