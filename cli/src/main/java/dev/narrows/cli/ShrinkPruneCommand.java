package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.FilterCriterion;
import dev.narrows.shrink.FilterPruning;
import dev.narrows.shrink.FineTuning;
import dev.narrows.shrink.Salience;
import dev.narrows.shrink.SparsePattern;
import dev.narrows.shrink.WeightPruning;
import dev.narrows.train.TrainOptions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
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
            "Take out of a network what matters least: whole filters, or single weights.",
            "",
            "With --filters the channels are gone for good, through sums, concatenations, grouped convolutions, reshapes and "
                    + "splits: size, work and time fall. With --ratio or --pattern single weights become 0: only the "
                    + "download gets smaller. Both lose accuracy, which --fine-tune brings back: the network learns again, "
                    + "from the labels and from its own answers before. In --steps of growing size it loses less."
        },
        footer = {
            "  narrows shrink prune model.onnx --filters 0.5 --steps 2 --fine-tune 5 --data photos/ -o half.onnx",
            "  narrows shrink prune model.onnx --filters 0.5 --criterion median --global --force -o half.onnx",
            "  narrows shrink prune model.onnx --ratio 16 --steps 4 --fine-tune 2 --data photos/ -o sparse.onnx"
        })
final class ShrinkPruneCommand implements Callable<Integer> {

    private static final double MOST_OF_A_LAYER = 0.8;
    private static final String MASK = "; a mask makes no kernel faster: the work is as much as before";
    private static final int MULTIPLE = 8; // of the runtime's blocked layout with AVX2 or NEON; 16 with AVX-512

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    /** One of both. */
    static final class What {
        @Option(names = "--filters", paramLabel = "SHARE", description = "Take out this share of the channels, 0 to 1.")
        private @Nullable Double filters;

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
    }

    @ArgGroup(multiplicity = "1")
    private What what = new What();

    @Option(
            names = "--criterion",
            paramLabel = "NAME",
            description = "--filters: what makes one important: ${COMPLETION-CANDIDATES} (default: l1).")
    private FilterCriterion criterion = FilterCriterion.L1;

    @Option(
            names = "--global",
            description =
                    "--filters: compare those of all layers, each by its layer's mean; at most 80 %% of a layer go. "
                            + "Else the same share of each.")
    private boolean global;

    @Option(
            names = "--multiple",
            paramLabel = "N",
            description =
                    "--filters: leave layers a multiple of N channels, as kernels compute so many at once; with odd "
                            + "numbers a network is often slower than the whole one (default: 8).")
    private int multiple = MULTIPLE;

    @Option(
            names = "--method",
            paramLabel = "NAME",
            description = "--ratio: ${COMPLETION-CANDIDATES} (default: global-weight).")
    private WeightPruning.Method method = WeightPruning.Method.GLOBAL_WEIGHT;

    @Option(
            names = "--keep",
            paramLabel = "REGEX",
            description = "--ratio, --pattern: leave layers whose name has this in it as they are.")
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

    private int removable; // channels of the network as it was

    ShrinkPruneCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Predicate<Node> wanted = ShrinkRun.unless(keep);
        refuseOptionsOfTheOther();
        tuning.check(tuning.epochs(0) > 0);
        if (steps < 1) {
            throw new WrongUseException("--steps: " + steps + " (expected: 1 or more)");
        }
        if (what.filters != null && !(what.filters >= 0 && what.filters <= 1)) {
            throw new WrongUseException("--filters: " + what.filters + " (expected: 0 to 1)");
        }
        run.open();
        if (what.filters == null) {
            run.requireFloat32();
        }
        Optional<FineTuning> teaching = teaching();
        Evidence evidence = run.evidence();
        JsonObject details = new JsonObject();
        details.addProperty("steps", steps);
        details.addProperty("fine_tune_epochs", tuning.epochs(0));
        Network pruned = run.network();
        for (int step = 1; step <= steps; step++) {
            double part = (double) step / steps;
            pruned = what.filters != null
                    ? filters(pruned, Math.pow(1 - what.filters, part), details)
                    : what.pattern != null ? pattern(pruned, wanted, details) : weights(pruned, wanted, part, details);
            if (teaching.isPresent()) {
                pruned = taught(teaching.get(), pruned, step);
            }
        }
        return run.finish(terminal, shrink.json(), pruned, evidence, details);
    }

    /** Options that would say nothing. */
    private void refuseOptionsOfTheOther() {
        boolean filters = what.filters != null;
        List<String> unread =
                filters ? List.of("--method", "--keep") : List.of("--criterion", "--global", "--multiple");
        for (String option : unread) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                String other = what.pattern != null ? "--pattern" : "--ratio";
                throw new WrongUseException(option + ": with "
                        + (filters ? "--filters (expected: --ratio)" : other + " (expected: --filters)"));
            }
        }
    }

    private Optional<FineTuning> teaching() {
        if (tuning.epochs(0) == 0) {
            if (steps > 1 && what.filters == null) {
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
                .keepZeros(what.filters == null)
                .build();
        String turn = steps == 1 ? "teaching" : "teaching, turn " + step + " of " + steps;
        try (TrainProgress progress = new TrainProgress(terminal, turn)) {
            return teaching.taught(pruned, options, progress);
        }
    }

    /**
     * Takes out what is to be gone behind this turn.
     *
     * @param stays the share of the old network's channels that is left then
     */
    private Network filters(Network network, double stays, JsonObject details) {
        FilterPruning all = terminal.waiting(
                "following channels", () -> FilterPruning.of(network, run.shapes(network), run.seed()));
        if (all.removable() == 0) {
            throw new UnsupportedException(
                    "channels: none that can be removed (expected: layers with weights that the file "
                            + "holds, whose channels nothing else needs)");
        }
        FilterPruning pruning = criterion.needsGradients() ? all.with(salience("--criterion " + criterion)) : all;
        if (removable == 0) { // the first turn
            removable = all.removable();
            details.addProperty("channels", all.channels());
            details.addProperty("removable", removable);
        }
        double own = Math.max(0, 1 - stays * removable / all.removable());
        Set<Integer> chosen = terminal.waiting(
                "choosing channels",
                () -> global
                        ? pruning.global(own, MOST_OF_A_LAYER, criterion, multiple)
                        : pruning.uniform(own, criterion, multiple));
        details.addProperty("criterion", criterion.toString());
        details.addProperty("removed", removable - all.removable() + chosen.size());
        say(chosen.size() + " of " + pruning.removable()
                + " removable channels (or sets of channels that hang together) of " + pruning.channels()
                + " are gone, the least by " + criterion);
        return pruning.removed(chosen);
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

    private Network pattern(Network network, Predicate<Node> wanted, JsonObject details) {
        SparsePattern pattern = SparsePattern.parse(what.pattern == null ? "" : what.pattern);
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
