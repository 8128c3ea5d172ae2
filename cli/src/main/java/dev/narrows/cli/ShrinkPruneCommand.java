package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.FilterCriterion;
import dev.narrows.shrink.FilterPruning;
import dev.narrows.shrink.FineTuning;
import dev.narrows.shrink.LatencyShare;
import dev.narrows.shrink.PairedLatency;
import dev.narrows.shrink.Salience;
import dev.narrows.shrink.SparsePattern;
import dev.narrows.shrink.WeightPruning;
import dev.narrows.train.TrainOptions;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code narrows shrink prune}. */
@Command(
        name = "prune",
        description = {
            "Take out of a network what matters least: whole filters, residual blocks, or single weights.",
            "",
            "With --filters or --latency-ratio the channels are gone for good, through sums, concatenations, grouped convolutions, reshapes and "
                    + "splits: size, work and time fall. With --blocks so do whole branches of residual sums, which gains more time where layers are "
                    + "narrow. With --ratio or --pattern single weights become 0: only the "
                    + "download gets smaller. All lose accuracy. Of what goes with channels, the weights that stay make up for "
                    + "much, on items of --data without labels; --fine-tune brings back more: the network learns again, "
                    + "from the labels and from its own answers before. In --steps of growing size it loses less."
        },
        footer = {
            "  narrows shrink prune model.onnx --filters 0.5 --steps 2 --fine-tune 5 --data photos/ -o half.onnx",
            "  narrows shrink prune model.onnx --filters 0.5 --criterion median --global --force -o half.onnx",
            "  narrows shrink prune model.onnx --latency-ratio 0.5 --fine-tune 5 --data photos/ -o fast.onnx",
            "  narrows shrink prune model.onnx --blocks 2 --steps 2 --fine-tune 5 --data photos/ -o shallow.onnx",
            "  narrows shrink prune model.onnx --ratio 16 --steps 4 --fine-tune 2 --data photos/ -o sparse.onnx"
        })
final class ShrinkPruneCommand implements Callable<Integer> {

    private static final double MOST_OF_A_LAYER = 0.8;
    private static final String MASK = "; a mask makes no kernel faster: the work is as much as before";
    private static final int RECONSTRUCTION_ITEMS = 200;
    private static final String RECONSTRUCTED = "reconstructed_layers";
    private static final int MULTIPLE = 8; // of the runtime's blocked layout with AVX2 or NEON; 16 with AVX-512

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    /** One of them. */
    static final class What {
        @Option(names = "--filters", paramLabel = "SHARE", description = "Take out this share of the channels, 0 to 1.")
        private @Nullable Double filters;

        @Option(
                names = "--latency-ratio",
                paramLabel = "SHARE",
                description =
                        "Take out as few channels as it takes for a latency of at most this share of the old one's, measured "
                                + "on this machine, each time for --measure-seconds, above 0.")
        private @Nullable Double latencyRatio;

        @Option(
                names = "--blocks",
                paramLabel = "N",
                description =
                        "Take out N residual blocks: those without which the answers change least, tried one by one.")
        private @Nullable Integer blocks;

        @Option(
                names = "--ratio",
                paramLabel = "TIMES",
                description = "Set weights to 0 until all parameters are so many times those that are left.")
        private @Nullable Double ratio;

        @Option(
                names = "--pattern",
                paramLabel = "N:M",
                description =
                        "Set weights to 0 until N of M neighbours are left, as sparse kernels of accelerators want.")
        private @Nullable String pattern;

        /** Whether channels go. */
        private boolean channels() {
            return filters != null || latencyRatio != null;
        }

        /** Whether single weights become 0, and nothing gets smaller. */
        private boolean weights() {
            return ratio != null || pattern != null;
        }

        private String option() {
            if (weights()) {
                return ratio != null ? "--ratio" : "--pattern";
            }
            return blocks != null ? "--blocks" : filters != null ? "--filters" : "--latency-ratio";
        }
    }

    @ArgGroup(multiplicity = "1")
    private What what = new What();

    @Option(
            names = "--criterion",
            paramLabel = "NAME",
            description =
                    "--filters, --latency-ratio: what makes one important: ${COMPLETION-CANDIDATES} (default: l1).")
    private FilterCriterion criterion = FilterCriterion.L1;

    @Option(
            names = "--global",
            description =
                    "--filters, --latency-ratio: compare those of all layers, each by its layer's mean; at most 80 %% of a layer go. "
                            + "Else the same share of each.")
    private boolean global;

    @Option(
            names = "--multiple",
            paramLabel = "N",
            description =
                    "--filters, --latency-ratio: leave layers a multiple of N channels, as kernels compute so many at once; with odd "
                            + "numbers a network is often slower than the whole one (default: 8).")
    private int multiple = MULTIPLE;

    @Option(
            names = "--no-reconstruction",
            description =
                    "--filters, --latency-ratio: leave the weights that stay as they are. Else, with --data, each layer "
                            + "is fitted so that it makes of what is left what it made of all.")
    private boolean asTheyAre;

    @Option(
            names = "--method",
            paramLabel = "NAME",
            description = "--ratio: ${COMPLETION-CANDIDATES} (default: global-weight).")
    private WeightPruning.Method method = WeightPruning.Method.GLOBAL_WEIGHT;

    @Option(
            names = "--keep",
            paramLabel = "REGEX",
            description = "Leave layers whose name has this in it as they are: their weights, with --filters and "
                    + "--latency-ratio all channels that they make, with --blocks the block that they are in.")
    private @Nullable String keep;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Take it out in N turns, each behind the --fine-tune of the one before (default: 1).")
    private int steps = 1;

    @Mixin
    private final ShrinkRun run = new ShrinkRun();

    @Mixin
    private final FineTuneOptions tuning = new FineTuneOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Stopwatch stopwatch;
    private int removable; // channels of the network as it was

    /** How long a network takes. */
    interface Stopwatch {

        /** The latency of the second by that of the first. */
        double ratio(Network first, Network second, List<Map<String, Tensor>> items, double seconds);
    }

    ShrinkPruneCommand(Terminal terminal) {
        this(
                terminal,
                (first, second, items, seconds) ->
                        PairedLatency.of(first, second, items, seconds).ratio());
    }

    ShrinkPruneCommand(Terminal terminal, Stopwatch stopwatch) {
        this.terminal = terminal;
        this.stopwatch = stopwatch;
    }

    @Override
    public Integer call() throws IOException {
        Predicate<Node> wanted = ShrinkRun.unless(keep);
        refuseOptionsOfTheOther();
        tuning.check(tuning.epochs(0) > 0, "--fine-tune EPOCHS");
        if (steps < 1) {
            throw new WrongUseException("--steps: " + steps + " (expected: 1 or more)");
        }
        checkNumbers();
        Optional<SparsePattern> pattern = Optional.ofNullable(what.pattern).map(ShrinkPruneCommand::parsed);
        run.open();
        if (what.weights()) {
            run.requireFloat32();
        }
        Optional<FineTuning> teaching = teaching();
        Evidence evidence = run.evidence();
        JsonObject details = new JsonObject();
        details.addProperty("steps", steps);
        details.addProperty("fine_tune_epochs", tuning.epochs(0));
        Network pruned = run.network();
        Optional<FilterPruning> whole = what.channels() ? Optional.of(following(pruned)) : Optional.empty();
        Optional<PrunedBlocks> blocks = Optional.ofNullable(what.blocks)
                .map(count -> new PrunedBlocks(terminal, run, shrink.json(), count, isKept()));
        Optional<LatencyShare> latency =
                what.latencyRatio == null ? Optional.empty() : whole.map(all -> fastEnough(all, evidence, details));
        for (int step = 1; step <= steps; step++) {
            double part = (double) step / steps;
            if (whole.isPresent()) {
                pruned = filters(step == 1 ? whole.get() : following(pruned), latency, part, details);
            } else if (blocks.isPresent()) {
                pruned = blocks.get().without(pruned, part, details);
            } else {
                pruned = pattern.isPresent()
                        ? sparse(pruned, pattern.get(), wanted, details)
                        : weights(pruned, wanted, part, details);
            }
            if (teaching.isPresent()) {
                pruned = taught(teaching.get(), pruned, step);
            }
        }
        return run.finish(terminal, shrink.json(), pruned, evidence, details);
    }

    private void checkNumbers() {
        if (what.filters != null && !(what.filters >= 0 && what.filters <= 1)) {
            throw new WrongUseException("--filters: " + what.filters + " (expected: 0 to 1)");
        }
        if (what.latencyRatio != null && !(what.latencyRatio > 0 && what.latencyRatio < 1)) {
            throw new WrongUseException("--latency-ratio: " + what.latencyRatio + " (expected: between 0 and 1)");
        }
        if (what.latencyRatio != null && run.measureSeconds() == 0) {
            throw new WrongUseException("--measure-seconds: 0 (expected: above 0 with --latency-ratio)");
        }
        if (what.latencyRatio != null && run.isAgainstAnother()) {
            throw new WrongUseException("--against: with --latency-ratio (expected: without, its share is of MODEL's)");
        }
        if (what.ratio != null && !(what.ratio >= 1 && what.ratio < Double.POSITIVE_INFINITY)) {
            throw new WrongUseException("--ratio: " + what.ratio + " (expected: 1 or more)");
        }
        if (what.blocks != null && what.blocks < 1) {
            throw new WrongUseException("--blocks: " + what.blocks + " (expected: 1 or more)");
        }
        if (what.blocks != null && steps > what.blocks) {
            throw new WrongUseException(
                    "--steps: " + steps + " (expected: at most " + what.blocks + ", as many as --blocks)");
        }
        if (multiple < 1) {
            throw new WrongUseException("--multiple: " + multiple + " (expected: 1 or more)");
        }
    }

    /** Options that would say nothing. */
    private void refuseOptionsOfTheOther() {
        if (what.channels()) {
            refuse("--method", "--ratio");
        } else {
            for (String option : List.of("--criterion", "--global", "--multiple", "--no-reconstruction")) {
                refuse(option, "--filters or --latency-ratio");
            }
            if (what.ratio == null) {
                refuse("--method", "--ratio");
            }
        }
    }

    private void refuse(String option, String expected) {
        if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
            throw new WrongUseException(option + ": with " + what.option() + " (expected: " + expected + ")");
        }
    }

    private Optional<FineTuning> teaching() {
        if (tuning.epochs(0) == 0) {
            if (steps > 1 && what.weights()) {
                throw new WrongUseException("--steps: " + steps + " without --fine-tune (expected: both, or neither)");
            }
            return Optional.empty();
        }
        TrainData.Parts parts = run.data("--fine-tune");
        FineTuning teaching = tuning.of(run.network(), parts, run.inputs(parts.train()));
        teaching.require(run.network());
        return Optional.of(teaching);
    }

    private Network taught(FineTuning teaching, Network pruned, int step) {
        TrainOptions options = tuning.training(teaching.train(), tuning.epochs(0), run.seed() + step)
                .keepZeros(what.weights())
                .startCounts(true)
                .build();
        String turn = steps == 1 ? "teaching" : "teaching, turn " + step + " of " + steps;
        try (TrainProgress progress = new TrainProgress(terminal, turn)) {
            return teaching.taught(pruned, options, progress);
        }
    }

    private Predicate<Node> isKept() {
        return ShrinkRun.unless(keep).negate();
    }

    private FilterPruning following(Network network) {
        Predicate<Node> kept = isKept();
        FilterPruning all = terminal.waiting(
                "following channels",
                () -> FilterPruning.of(network, run.shapes(network), run.seed()).keeping(kept));
        if (all.removable() == 0) {
            throw new UnsupportedException(
                    "channels: none that can be removed (expected: layers with weights that the file "
                            + "holds, whose channels nothing else needs"
                            + (keep == null ? "" : ", beside those of --keep")
                            + ")");
        }
        return criterion.needsGradients() ? all.with(salience("--criterion " + criterion)) : all;
    }

    private Set<Integer> chosen(FilterPruning pruning, double share) {
        return global
                ? pruning.global(share, MOST_OF_A_LAYER, criterion, multiple)
                : pruning.uniform(share, criterion, multiple);
    }

    /** How many channels may stay for --latency-ratio. */
    private LatencyShare fastEnough(FilterPruning all, Evidence evidence, JsonObject details) {
        double target = what.latencyRatio == null ? 1 : what.latencyRatio;
        LatencyShare share;
        try (Progress progress = terminal.progress("measuring latencies", LatencyShare.MEASUREMENTS)) {
            share = LatencyShare.of(
                    all,
                    gone -> chosen(all, gone),
                    target,
                    network -> stopwatch.ratio(run.network(), network, evidence.items(), run.measureSeconds()),
                    progress::step);
        }
        run.wantRatio(target);
        JsonArray tried = new JsonArray();
        Table table = new Table(">share", ">channels gone", ">latency / old");
        for (LatencyShare.Tried one : share.tried()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("share", one.share());
            entry.addProperty("removed", one.gone());
            entry.addProperty("latency_ratio", one.ratio());
            tried.add(entry);
            table.row(
                    String.format(Locale.ROOT, "%.3f", one.share()),
                    String.valueOf(one.gone()),
                    String.format(Locale.ROOT, "%.3f", one.ratio()));
        }
        details.addProperty("latency_target", target);
        details.addProperty("share", share.found().share());
        details.add("tried", tried);
        if (!shrink.json()) {
            table.print(terminal.out());
            terminal.out().println();
        }
        return share;
    }

    /**
     * Takes out what is to be gone behind this turn.
     *
     * @param latency says how many channels stay in the end, if --filters does not
     * @param part of all turns that is done then
     */
    private Network filters(FilterPruning pruning, Optional<LatencyShare> latency, double part, JsonObject details) {
        if (removable == 0) { // the first turn
            removable = pruning.removable();
            details.addProperty("channels", pruning.channels());
            details.addProperty("removable", removable);
        }
        double stays = Math.pow(what.filters == null ? 1 : 1 - what.filters, part);
        double own = Math.max(0, 1 - stays * removable / pruning.removable());
        Set<Integer> chosen = terminal.waiting(
                "choosing channels",
                () -> latency.map(share -> pruning.allBut(share.kept(part), criterion))
                        .orElseGet(() -> chosen(pruning, own)));
        details.addProperty("criterion", criterion.toString());
        details.addProperty("removed", removable - pruning.removable() + chosen.size());
        say(chosen.size() + " of " + pruning.removable()
                + " removable channels (or sets of channels that hang together) of " + pruning.channels()
                + " are gone, the least by " + criterion);
        return without(pruning, chosen, details);
    }

    /** With the weights that stay making up for what goes, if there are items to see on. */
    private Network without(FilterPruning pruning, Set<Integer> chosen, JsonObject details) {
        int layers = run.hasData() && !asTheyAre && !chosen.isEmpty() ? pruning.reconstructions() : 0;
        details.addProperty(RECONSTRUCTED, 0);
        if (layers == 0) {
            return pruning.removed(chosen);
        }
        List<Map<String, Tensor>> items = run.trainingItems(RECONSTRUCTION_ITEMS);
        try (Progress progress = terminal.progress("fitting layers", layers)) {
            AtomicInteger fitted = new AtomicInteger();
            Network made = pruning.reconstructed(chosen, items, fits -> {
                fitted.addAndGet(fits ? 1 : 0);
                progress.step();
            });
            details.addProperty(RECONSTRUCTED, fitted.get());
            say(fitted + " layers are fitted to make what they made, on " + items.size() + " training items");
            return made;
        }
    }

    private Network weights(Network network, Predicate<Node> wanted, double part, JsonObject details) {
        double ratio = Math.pow(what.ratio == null ? 1 : what.ratio, part);
        WeightPruning pruning = WeightPruning.of(network, run.shapes(), wanted);
        details.addProperty("method", method.toString());
        details.addProperty("compression_ratio", ratio);
        details.addProperty("faster", false);
        Map<String, float[]> salience = method.needsGradients()
                ? terminal.waiting(
                        "looking at gradients",
                        () -> salience("--method " + method).ofWeights(network))
                : Map.of();
        Network pruned = pruning.pruned(method, ratio, salience, run.seed());
        say("1 of " + Quantity.plain(Math.round(100 * ratio) / 100.0) + " of " + Quantity.count(pruning.parameters())
                + " parameters is left, by " + method + MASK);
        return pruned;
    }

    private static SparsePattern parsed(String pattern) {
        try {
            return SparsePattern.parse(pattern);
        } catch (InvalidException e) {
            throw new WrongUseException("--" + e.getMessage());
        }
    }

    private Network sparse(Network network, SparsePattern pattern, Predicate<Node> wanted, JsonObject details) {
        details.addProperty("pattern", pattern.toString());
        details.addProperty("faster", false);
        say("at most " + pattern.kept() + " of " + pattern.of() + " neighbouring weights are left" + MASK);
        return WeightPruning.of(network, run.shapes(), wanted).pruned(pattern);
    }

    /** @param option that needs labels */
    private Salience salience(String option) {
        TrainData.Parts parts = run.data(option);
        if (parts.train().labels().isEmpty()) {
            throw new InvalidException(option + ": the items have no labels (expected: some, for a loss)");
        }
        return new Salience(parts.train(), run.inputs(parts.train()), Salience.ITEMS, run.seed());
    }

    private void say(String text) {
        if (!shrink.json()) {
            terminal.out().println(text);
            terminal.out().println();
        }
    }
}
