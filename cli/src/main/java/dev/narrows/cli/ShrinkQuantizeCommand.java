package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.shrink.CalibrationMethod;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.Fusing;
import dev.narrows.shrink.Int8;
import dev.narrows.shrink.Int8Options;
import dev.narrows.shrink.Kernels;
import dev.narrows.shrink.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code narrows shrink quantize}. */
@Command(
        name = "quantize",
        description = {
            "Let a network compute with bytes in place of floats (static INT8).",
            "",
            "Fuses the network, runs it on training items to see how large its activations are, and writes the grids into "
                    + "it as QuantizeLinear and DequantizeLinear, which the runtime turns into kernels on bytes; that it does "
                    + "is checked by its profiler. With --target-drop the layers that lose most stay in float32."
        },
        footer = {
            "  narrows shrink quantize model.onnx --data photos/ --size 96 -o int8.onnx",
            "  narrows shrink quantize model.onnx --data cifar10 --calibration mse --target-drop 0.3 -o int8.onnx",
            "  narrows shrink quantize model.onnx --data speech/ --seconds 2 --keep 'Conv_0|logits' -o int8.onnx",
            "",
            "Weights of 8 bits overflow in the sums of x86 processors with AVX2 and without VNNI; --weight-bits auto tries "
                    + "both here and takes 7 where that answers better."
        })
final class ShrinkQuantizeCommand implements Callable<Integer> {

    private static final int CALIBRATION_ITEMS = 200;
    private static final int SENSITIVITY_ITEMS = 20;
    private static final int PROFILED_RUNS = 3;

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    @Mixin
    private final ShrinkRun run = new ShrinkRun();

    @Option(
            names = "--calibration",
            paramLabel = "METHOD",
            description = "How an activation's range is chosen: ${COMPLETION-CANDIDATES} (default: minmax).")
    private CalibrationMethod method = Int8Options.DEFAULT.method();

    @Option(
            names = "--calibrate",
            paramLabel = "N",
            description = "Training items to see activations on (default: " + CALIBRATION_ITEMS + ").")
    private int calibrate = CALIBRATION_ITEMS;

    @Option(
            names = "--weight-bits",
            paramLabel = "BITS",
            description = "8, 7, or auto: what answers better on this processor (default: auto).")
    private String weightBits = "auto";

    @Option(
            names = "--no-bias-correction",
            description = "Leave biases as they are, though the weights' errors shift the means.")
    private boolean noBiasCorrection;

    @Option(names = "--keep", paramLabel = "REGEX", description = "Leave layers whose name has this in it in float32.")
    private @Nullable String keep;

    @Option(
            names = "--target-drop",
            paramLabel = "POINTS",
            description =
                    "Keep as few layers in float32 as it takes to lose no more accuracy than this on the held-out "
                            + "items; without labels, no more than 0.01 of relative error for each 0.5 points.")
    private @Nullable Double targetDrop;

    @Option(names = "--sensitivity", description = "Show what is lost when each layer alone is quantised.")
    private boolean sensitivity;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write the sensitivities as a page with a picture (HTML); means --sensitivity.")
    private @Nullable Path report;

    ShrinkQuantizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Predicate<Node> wanted = ShrinkRun.unless(keep);
        if (!List.of("7", "8", "auto").contains(weightBits)) {
            throw new WrongUseException("--weight-bits: " + weightBits + " (expected: 7, 8 or auto)");
        }
        if (targetDrop != null && !(targetDrop >= 0 && targetDrop <= 100)) {
            throw new WrongUseException("--target-drop: " + targetDrop + " (expected: 0 to 100)");
        }
        run.open();
        Evidence evidence = run.evidence();
        List<Map<String, Tensor>> items = run.trainingItems(calibrate);
        Network fused = terminal.waiting("fusing", () -> Fusing.fused(run.network(), run.shapes(), items));
        Int8 int8 = terminal.waiting("calibrating", () -> Int8.calibrated(fused, run.shapes(fused), items));
        Reference reference = Reference.of(fused, items.subList(0, Math.min(items.size(), SENSITIVITY_ITEMS)));
        Int8Options options = options(int8, reference, wanted);
        JsonObject details = new JsonObject();
        details.addProperty("method", options.method().toString());
        details.addProperty("weight_bits", options.weightBits());
        details.addProperty("calibration_items", items.size());
        Network quantized = targetDrop == null && !sensitivity && report == null
                ? int8.quantized(options, wanted)
                : mixed(int8, options, wanted, reference, details);
        Kernels kernels = Kernels.of(quantized, evidence.items().get(0), PROFILED_RUNS);
        details.addProperty("layers", int8.layers().size());
        details.addProperty("integer_kernels", kernels.integerLayers());
        details.addProperty("float_kernels", kernels.floatLayers());
        if (!shrink.json()) {
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%d of %d layers ran on bytes, %d on floats; weights of %d bits, ranges by %s of %d items",
                            kernels.integerLayers(),
                            kernels.integerLayers() + kernels.floatLayers(),
                            kernels.floatLayers(),
                            options.weightBits(),
                            options.method(),
                            items.size()));
            terminal.out().println();
        }
        return run.finish(terminal, shrink.json(), quantized, evidence, details);
    }

    private Int8Options options(Int8 int8, Reference reference, Predicate<Node> wanted) {
        Int8Options options = new Int8Options(method, Int8Options.DEFAULT.weightBits(), !noBiasCorrection);
        return switch (weightBits) {
            case "8" -> options;
            case "7" -> options.withWeightBits(7);
            default -> int8.withBitsOfThisProcessor(options, wanted, reference);
        };
    }

    private String page(List<Int8.Sensitivity> sensitivities, int kept) {
        HtmlPage page = new HtmlPage(
                "Layers of " + run.model().getFileName() + " in bytes",
                "What is left of the answers when one layer alone is quantised (INT8), as signal to noise on "
                        + SENSITIVITY_ITEMS + " items at most: the shorter the bar, the more is lost. "
                        + ByteSensitivities.BROKEN);
        ByteSensitivities.show(page, sensitivities, targetDrop == null ? sensitivities.size() + 1 : kept);
        return page.html();
    }

    private Network mixed(
            Int8 int8, Int8Options options, Predicate<Node> wanted, Reference reference, JsonObject details)
            throws IOException {
        List<Int8.Sensitivity> sensitivities;
        try (Progress progress =
                terminal.progress("sensitivities", int8.layers().size())) {
            sensitivities = int8.sensitivities(options, reference, progress::step).stream()
                    .filter(one -> wanted.test(one.layer()))
                    .toList();
        }
        int kept = targetDrop == null
                ? 0
                : int8.kept(options, wanted, sensitivities, run.noWorseThan(targetDrop / 100, reference));
        JsonArray array = new JsonArray();
        for (int i = 0; i < sensitivities.size(); i++) {
            Int8.Sensitivity one = sensitivities.get(i);
            JsonObject entry = new JsonObject();
            entry.addProperty("layer", one.name());
            entry.addProperty("macs", one.macs());
            entry.add("signal_to_noise_db", JsonOutput.number(one.signalToNoise()));
            entry.addProperty("kept_float32", i < kept);
            array.add(entry);
        }
        details.add("sensitivities", array);
        details.addProperty("kept_float32", kept);
        if (targetDrop != null && kept == sensitivities.size()) {
            run.note("no layer can be quantised within --target-drop: all stay in float32");
        }
        if (!shrink.json()) {
            ByteSensitivities.table(sensitivities, kept).print(terminal.out());
            terminal.out().println();
        }
        if (report != null) {
            Files.writeString(report, page(sensitivities, kept));
            run.note("sensitivities with a picture: " + report);
        }
        return int8.quantized(options, wanted, sensitivities, kept);
    }
}
