package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.shrink.Int8;
import dev.narrows.shrink.Int8Options;
import dev.narrows.shrink.Int8Tuning;
import dev.narrows.shrink.MixedPrecision;
import dev.narrows.shrink.Reference;
import dev.narrows.shrink.Rounding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How static INT8 is looked for: ways of quantising by their noise, then the layers that have to stay in float32. */
final class Int8Search {

    /** The options that static INT8 alone knows. */
    static final List<String> OPTIONS = List.of(
            "--calibration",
            "--equalize",
            "--no-bias-correction",
            "--signed-activations",
            "--target-drop",
            "--target-error",
            "--all-layers",
            "--sensitivity",
            "--report");

    private static final double TARGET_DROP = 0.5; // points
    private static final double TARGET_ERROR = 0.08;
    private static final double TARGET_ERROR_WITHOUT_LABELS = 0.01;
    private static final int TUNING_ITEMS = 20;
    private static final int SENSITIVITY_ITEMS = 8;

    @Mixin
    private final Int8WayOptions ways = new Int8WayOptions();

    @Option(
            names = "--target-drop",
            paramLabel = "POINTS",
            description =
                    "Keep as few layers in float32 as it takes to lose no more accuracy than this on the held-out "
                            + "items (default: 0.5); without labels, no more than 0.01 of --target-error for each 0.5 points.")
    private @Nullable Double targetDrop;

    @Option(
            names = "--target-error",
            paramLabel = "SHARE",
            description =
                    "And to be no further off in the outputs to training items, by their mean magnitude (default: 0.08, "
                            + "without labels 0.01; with --target-drop and labels anything).")
    private @Nullable Double targetError;

    @Option(names = "--all-layers", description = "Keep no layer in float32 but those of --keep.")
    private boolean allLayers;

    @Option(names = "--sensitivity", description = "Show what is lost when each layer alone is quantised.")
    private boolean sensitivity;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write what each layer alone costs as a page with a picture (HTML).")
    private @Nullable Path report;

    /**
     * What was found.
     *
     * @param onBytes the layers of it that are on bytes
     * @param reference the answers in float32 to some training items
     * @param good whether a network is within the targets
     */
    record Found(
            Int8 int8,
            Int8Options options,
            Predicate<Node> onBytes,
            Network network,
            Reference reference,
            Predicate<Network> good) {}

    /** 7, 8 or auto. */
    String weightBits() {
        return ways.weightBits();
    }

    /** As given; null: what has the least noise. */
    @Nullable
    Rounding rounding() {
        return ways.rounding();
    }

    void check() {
        if (report != null) {
            new OutputFile(report).checkPlace("--report");
        }
        ways.check();
        if (targetDrop != null && !(targetDrop >= 0 && targetDrop <= 100)) {
            throw new WrongUseException("--target-drop: " + targetDrop + " (expected: 0 to 100)");
        }
        if (targetError != null && !(targetError >= 0)) {
            throw new WrongUseException("--target-error: " + targetError + " (expected: 0 or more)");
        }
        if (allLayers && (targetDrop != null || targetError != null)) {
            throw new WrongUseException("--all-layers with --target-drop or --target-error (expected: one of them)");
        }
    }

    /**
     * Quantises.
     *
     * @param fused the network to be quantised
     * @param items to see activations on
     * @param details gets what was found
     */
    Found quantized(
            Terminal terminal,
            boolean json,
            ShrinkRun run,
            Network fused,
            List<Map<String, Tensor>> items,
            Predicate<Node> wanted,
            JsonObject details) {
        Int8Tuning.Choices choices = ways.choices();
        Reference reference = reference(fused, items, TUNING_ITEMS);
        Int8Tuning tuning;
        try (Progress progress = terminal.progress("calibrating", choices.count())) {
            tuning = Int8Tuning.of(fused, run.shapes(fused), items, reference, wanted, choices, progress::step);
        }
        details.addProperty("layers", tuning.int8().layers().size());
        details.addProperty("calibration_items", items.size());
        details.addProperty("method", tuning.options().method().toString());
        details.addProperty("weight_bits", tuning.options().weightBits());
        details.addProperty("rounding", tuning.options().rounding().toString());
        details.addProperty("equalized", tuning.equalized());
        details.addProperty("activations", tuning.options().activations().toString());
        details.add("tried", tried(tuning));
        if (!json) {
            Int8Options options = tuning.options();
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "weights of %d bits, rounded %s, ranges by %s of %d items%s",
                            options.weightBits(),
                            RoundingSearch.words(options.rounding()),
                            options.method(),
                            items.size(),
                            tuning.equalized() ? ", channels equalised" : ""));
        }
        Network all = tuning.int8().quantized(tuning.options(), wanted);
        Predicate<Network> good = allLayers ? network -> true : good(run, reference);
        boolean enough = terminal.waiting("asking the held-out items", () -> good.test(all));
        if (enough && !sensitivity && report == null) {
            details.addProperty("kept_float32", 0);
            return new Found(tuning.int8(), tuning.options(), wanted, all, reference, good);
        }
        List<Int8.Sensitivity> sensitivities = sensitivities(terminal, tuning, fused, items, wanted);
        MixedPrecision mixed = enough
                ? new MixedPrecision(all, List.of(), 1)
                : terminal.waiting(
                        "choosing layers",
                        () -> MixedPrecision.of(tuning.int8(), tuning.options(), wanted, sensitivities, good));
        report(terminal, json, run, sensitivities, mixed, details);
        if (mixed.kept().size() == sensitivities.size()) {
            run.note("no layer can be quantised within the targets: all stay in float32");
        }
        return new Found(tuning.int8(), tuning.options(), mixed.onBytes(wanted), mixed.network(), reference, good);
    }

    private static Reference reference(Network network, List<Map<String, Tensor>> items, int most) {
        return Reference.of(network, items.subList(0, Math.min(items.size(), most)));
    }

    private Predicate<Network> good(ShrinkRun run, Reference reference) {
        double drop = targetDrop != null ? targetDrop : TARGET_DROP;
        double error = error(run);
        Predicate<Network> close = network -> reference.difference(network).mean() <= error;
        return run.hasLabels() ? close.and(run.noWorseThan(drop / 100)) : close;
    }

    private double error(ShrinkRun run) {
        if (targetError != null) {
            return targetError;
        }
        if (targetDrop != null) {
            return run.hasLabels() ? Double.MAX_VALUE : targetDrop * ShrinkRun.ERROR_OF_A_POINT;
        }
        return run.hasData() && !run.hasLabels() ? TARGET_ERROR_WITHOUT_LABELS : TARGET_ERROR;
    }

    private List<Int8.Sensitivity> sensitivities(
            Terminal terminal,
            Int8Tuning tuning,
            Network fused,
            List<Map<String, Tensor>> items,
            Predicate<Node> wanted) {
        try (Progress progress =
                terminal.progress("sensitivities", tuning.int8().layers().size())) {
            return tuning
                    .int8()
                    .sensitivities(tuning.options(), reference(fused, items, SENSITIVITY_ITEMS), progress::step)
                    .stream()
                    .filter(one -> wanted.test(one.layer()))
                    .toList();
        }
    }

    private static JsonArray tried(Int8Tuning tuning) {
        JsonArray array = new JsonArray();
        for (Int8Tuning.Tried one : tuning.tried()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("method", one.options().method().toString());
            entry.addProperty("weight_bits", one.options().weightBits());
            entry.addProperty("rounding", one.options().rounding().toString());
            entry.addProperty("equalized", one.equalized());
            entry.add("signal_to_noise_db", JsonOutput.number(one.signalToNoise()));
            array.add(entry);
        }
        return array;
    }

    /** The layers that stay in float32, or with --sensitivity all. */
    private void report(
            Terminal terminal,
            boolean json,
            ShrinkRun run,
            List<Int8.Sensitivity> sensitivities,
            MixedPrecision mixed,
            JsonObject details) {
        Set<Node> kept = new HashSet<>();
        mixed.kept().forEach(one -> kept.add(one.layer()));
        JsonArray array = new JsonArray();
        List<Int8.Sensitivity> shown = new ArrayList<>();
        for (Int8.Sensitivity one : sensitivities) {
            boolean stays = kept.contains(one.layer());
            JsonObject entry = new JsonObject();
            entry.addProperty("layer", one.name());
            entry.addProperty("macs", one.macs());
            entry.add("signal_to_noise_db", JsonOutput.number(one.signalToNoise()));
            entry.addProperty("kept_float32", stays);
            array.add(entry);
            if (stays || sensitivity || report != null) {
                shown.add(one);
            }
        }
        details.add("sensitivities", array);
        details.addProperty("kept_float32", kept.size());
        if (!json) {
            ByteSensitivities.table(shown, kept).print(terminal.out());
            terminal.out().println();
        }
        if (report != null) {
            write(report, page(run, sensitivities, kept));
            run.note("sensitivities with a picture: " + report);
        }
    }

    private static String page(ShrinkRun run, List<Int8.Sensitivity> sensitivities, Set<Node> kept) {
        HtmlPage page = new HtmlPage(
                "Layers of " + run.model().getFileName() + " in bytes",
                "What is left of the answers when one layer alone is quantised (INT8), as signal to noise on "
                        + SENSITIVITY_ITEMS + " items at most: the shorter the bar, the more is lost. "
                        + ByteSensitivities.BROKEN);
        ByteSensitivities.show(page, sensitivities, kept);
        return page.html();
    }

    private static void write(Path file, String text) {
        try {
            new OutputFile(file).write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
