package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.FilterCriterion;
import dev.narrows.shrink.FilterPruning;
import dev.narrows.shrink.WeightPruning;
import java.io.IOException;
import java.util.List;
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
                    + "splits: size, work and time fall. With --ratio single weights become 0: only the download gets "
                    + "smaller. Both lose accuracy; --force writes the network all the same, to be taught again:",
            "",
            "  narrows shrink prune model.onnx --filters 0.3 --data photos/ --force -o pruned.onnx",
            "  narrows train distill model.onnx --student pruned.onnx --keep-zeros --data photos/ -o taught"
        },
        footer = {
            "  narrows shrink prune model.onnx --filters 0.5 --criterion median --global --force -o half.onnx",
            "  narrows shrink prune model.onnx --ratio 4 --method layer-weight --force -o sparse.onnx"
        })
final class ShrinkPruneCommand implements Callable<Integer> {

    private static final double MOST_OF_A_LAYER = 0.8;
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
            description = "--ratio: leave layers whose name has this in it as they are.")
    private @Nullable String keep;

    @Mixin
    private final ShrinkRun run = new ShrinkRun();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    ShrinkPruneCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Predicate<Node> wanted = ShrinkRun.unless(keep);
        refuseOptionsOfTheOther();
        run.open();
        if (what.ratio != null) {
            run.requireFloat32();
        }
        Evidence evidence = run.evidence();
        JsonObject details = new JsonObject();
        Network pruned = what.filters != null ? filters(what.filters, details) : weights(wanted, details);
        return run.finish(terminal, shrink.json(), pruned, evidence, details);
    }

    /** Options that would say nothing. */
    private void refuseOptionsOfTheOther() {
        boolean filters = what.filters != null;
        List<String> unread =
                filters ? List.of("--method", "--keep") : List.of("--criterion", "--global", "--multiple");
        for (String option : unread) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new WrongUseException(option + ": with "
                        + (filters ? "--filters (expected: --ratio)" : "--ratio (expected: --filters)"));
            }
        }
    }

    private Network filters(double share, JsonObject details) {
        FilterPruning pruning =
                terminal.waiting("following channels", () -> FilterPruning.of(run.network(), run.shapes(), run.seed()));
        if (pruning.removable() == 0) {
            throw new UnsupportedException(
                    "channels: none that can be removed (expected: layers with weights that the file "
                            + "holds, whose channels nothing else needs)");
        }
        Set<Integer> chosen = global
                ? pruning.global(share, MOST_OF_A_LAYER, criterion, multiple)
                : pruning.uniform(share, criterion, multiple);
        details.addProperty("criterion", criterion.toString());
        details.addProperty("channels", pruning.channels());
        details.addProperty("removable", pruning.removable());
        details.addProperty("removed", chosen.size());
        say(chosen.size() + " of " + pruning.removable()
                + " removable channels (or sets of channels that hang together) of " + pruning.channels()
                + " are gone, the least by " + criterion);
        return pruning.removed(chosen);
    }

    private Network weights(Predicate<Node> wanted, JsonObject details) {
        double ratio = what.ratio == null ? 1 : what.ratio;
        WeightPruning pruning = WeightPruning.of(run.network(), run.shapes(), wanted);
        details.addProperty("method", method.toString());
        details.addProperty("compression_ratio", ratio);
        details.addProperty("faster", false);
        Network pruned = pruning.pruned(method, ratio, run.seed());
        say("1 of " + Quantity.plain(ratio) + " of " + Quantity.count(pruning.parameters())
                + " parameters is left, by " + method
                + "; a mask makes no kernel faster: the work is as much as before");
        return pruned;
    }

    private void say(String text) {
        if (!shrink.json()) {
            terminal.out().println(text);
            terminal.out().println();
        }
    }
}
