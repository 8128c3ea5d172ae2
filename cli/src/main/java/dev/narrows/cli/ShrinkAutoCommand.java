package dev.narrows.cli;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.gradient.Torch;
import dev.narrows.shrink.Budget;
import dev.narrows.shrink.FilterCriterion;
import dev.narrows.shrink.FineTuning;
import dev.narrows.shrink.Fingerprint;
import dev.narrows.shrink.Retraining;
import dev.narrows.shrink.Search;
import dev.narrows.shrink.SearchOptions;
import dev.narrows.shrink.SearchSubject;
import dev.narrows.shrink.Tier;
import dev.narrows.shrink.TierProfile;
import dev.narrows.shrink.Tried;
import dev.narrows.train.TrainOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code narrows shrink auto}. */
@Command(
        name = "auto",
        description = {
            "Search for the smaller networks that are worth it on a tier: fused, with channels or residual blocks taken "
                    + "out, taught again, in bytes (INT8).",
            "",
            "Each candidate is made and measured: latency by turns with the original on this machine, scaled to the tier; "
                    + "size; accuracy on the held-out items. Shows those that no other betters, and writes them, a report "
                    + "with pictures, a CSV of everything tried, and as best.onnx the fastest one within the budget.",
            "",
            "A search that was stopped goes on with the same command."
        },
        footer = {
            "  narrows shrink auto model.onnx --data photos/ --size 96 --max-latency 20 --tier-scale 8 -o search",
            "  narrows shrink auto model.onnx --data cifar10 --tier gateway.json --max-size 300000 --max-drop 1 \\",
            "      --fine-tune 1 --finish 10 --augment crop:4,flip --time-limit 60 -o search",
            "",
            "A tier's latency is predicted: measured here, times how much slower the tier was at the original network "
                    + "(--tier, a file of `narrows shrink profile` run there, apart for floats and bytes), or times "
                    + "--tier-scale."
        })
final class ShrinkAutoCommand implements Callable<Integer> {

    private static final int CALIBRATION_ITEMS = 200;
    private static final double PROFILE_SECONDS = 4;
    private static final double NANOS_A_MINUTE = 60e9;

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    /** One of both. */
    static final class Target {
        @Option(
                names = "--tier",
                paramLabel = "FILE",
                description = "The profile of the tier, by `narrows shrink profile` run there (default: this machine).")
        private @Nullable Path profile;

        @Option(
                names = "--tier-scale",
                paramLabel = "TIMES",
                description = "How many times slower than this machine the tier is.")
        private @Nullable Double scale;
    }

    @ArgGroup
    private Target target = new Target();

    @Option(
            names = "--max-latency",
            paramLabel = "MS",
            description = "The most for an item on the tier, in milliseconds (default: any).")
    private double maxLatency = Double.POSITIVE_INFINITY;

    @Option(names = "--max-size", paramLabel = "BYTES", description = "The most for the ONNX file (default: any).")
    private long maxSize = Long.MAX_VALUE;

    @Option(
            names = "--shares",
            split = ",",
            paramLabel = "SHARE",
            description = "Of channels, tried to be taken out of each set of layers (default: 0.25,0.5,0.75).")
    private List<Double> shares = new ArrayList<>(SearchOptions.DEFAULT.shares());

    @Option(
            names = "--multiple",
            paramLabel = "N",
            description = "Leave layers a multiple of N channels, as kernels compute so many at once (default: 8).")
    private int multiple = SearchOptions.DEFAULT.multiple();

    @Option(
            names = "--criterion",
            paramLabel = "NAME",
            description = "What makes a channel important: ${COMPLETION-CANDIDATES} (default: l1).")
    private FilterCriterion criterion = SearchOptions.DEFAULT.criterion();

    @Option(
            names = "--points",
            paramLabel = "N",
            description =
                    "Networks between the whole and the smallest one that are taught and measured, with fewer and "
                            + "fewer channels and, at most as many, blocks (default: 6).")
    private int points = SearchOptions.DEFAULT.points();

    @Option(
            names = "--calibrate",
            paramLabel = "N",
            description = "Training items to see activations on, for INT8 and to fit layers behind channels that go "
                    + "(default: " + CALIBRATION_ITEMS + ").")
    private int calibrate = CALIBRATION_ITEMS;

    @Option(
            names = "--trial-seconds",
            paramLabel = "S",
            description = "How long the latency of each candidate is measured (default: 1).")
    private double trialSeconds = SearchOptions.DEFAULT.measureSeconds();

    @Option(
            names = "--time-limit",
            paramLabel = "MINUTES",
            description = "Try nothing new after so long (default: no limit).")
    private double timeLimit = Double.POSITIVE_INFINITY;

    @Option(names = "--report", paramLabel = "FILE", description = "The page to write (default: DIR/report.html).")
    private @Nullable Path report;

    @Option(
            names = "--finish",
            paramLabel = "EPOCHS",
            description = "How long the three best that are fast and small enough learn in the end (default: 0).")
    private int finish;

    @Mixin
    private final Int8WayOptions int8 = new Int8WayOptions();

    @Mixin
    private final FineTuneOptions tuning = new FineTuneOptions();

    @Mixin
    private final ShrinkRun run = new ShrinkRun();

    ShrinkAutoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        long start = terminal.nanoClock().getAsLong();
        BooleanSupplier over = () -> terminal.nanoClock().getAsLong() - start > timeLimit * NANOS_A_MINUTE;
        if (run.isAgainstAnother()) {
            throw new WrongUseException("--against: with a search (expected: without, it holds everything to MODEL)");
        }
        run.openForDirectory();
        SearchOptions options = options();
        Budget budget = new Budget(maxLatency, maxSize, run.maxDrop());
        if (target.scale != null && !(target.scale > 0)) {
            throw new WrongUseException("--tier-scale: " + target.scale + " (expected: above 0)");
        }
        Optional<TierProfile> asked = target.profile == null
                ? Optional.empty()
                : Optional.of(TierProfile.parse(Files.readString(target.profile)));
        SearchDirectory directory = SearchDirectory.open(run.output(), fingerprint(options));
        TierProfile here = directory.here(() -> terminal.waiting(
                "measuring",
                () -> TierProfile.measured(
                        run.network(), run.shapes(), ShrinkProfileCommand.machine(), PROFILE_SECONDS, run.seed())));
        Tier tier = asked.map(profile -> Tier.of(profile, here))
                .orElseGet(() -> Tier.slower(target.scale == null ? 1 : target.scale, here));
        Tried tried = Tried.open(directory.tried(), tier);
        Search search;
        Search.Result result;
        int known;
        try (SearchProgress progress = new SearchProgress(terminal)) {
            SearchSubject subject = new SearchSubject(
                    run.network(),
                    run::shapes,
                    run.trainingItems(calibrate),
                    run.heldOut(),
                    retraining(options, progress),
                    directory.taught());
            search = new Search(subject, options, budget, tier, tried, over, progress);
            result = search.run();
            known = progress.known();
        }
        Path page = report == null ? directory.report() : report;
        return new SearchOutcome(terminal, shrink.json(), run, search, result, budget, tier)
                .finish(directory, page, known);
    }

    private SearchOptions options() {
        int8.check();
        if (criterion.needsGradients()) {
            throw new WrongUseException("--criterion: " + criterion + " (expected: one that looks at weights alone)");
        }
        boolean data = run.parts().isPresent();
        int epochs = tuning.epochs(data ? 1 : 0);
        if (finish < 0) {
            throw new WrongUseException("--finish: " + finish + " (expected: 0 or more epochs)");
        }
        tuning.check(epochs + finish > 0, "--fine-tune or --finish EPOCHS");
        if (!data && epochs + finish > 0) {
            throw new WrongUseException("--fine-tune, --finish: nothing to learn from (expected: --data)");
        }
        return new SearchOptions(
                shares, multiple, criterion, points, epochs, finish, int8.choices(), trialSeconds, run.seed());
    }

    /** Of all that decides what a recipe's network is and what it is measured on; budgets may differ. */
    private String fingerprint(SearchOptions options) {
        Fingerprint fingerprint = new Fingerprint()
                .add(run.network())
                .add(options.text())
                .add(tuning.text())
                .add("calibrate " + calibrate + ", items " + run.items() + ", reconstructed from numbers");
        run.parts().ifPresent(parts -> fingerprint.add(parts.train()).add(parts.held()));
        return fingerprint.hex();
    }

    private Retraining retraining(SearchOptions search, SearchProgress progress) {
        if (search.epochs() + search.finishEpochs() == 0) {
            return (network, epochs, checkpoints) -> network;
        }
        TrainData.Parts parts = run.parts().orElseThrow();
        FineTuning teaching = tuning.of(run.network(), parts, run.inputs(parts.train()));
        try {
            Torch.threads(1);
        } catch (LinkageError e) {
            throw new UnsupportedException(
                    "libtorch: " + e.getMessage() + " (expected: its native libraries, or --fine-tune 0 --finish 0)",
                    e);
        }
        teaching.require(run.network());
        return (network, epochs, checkpoints) -> {
            progress.clear();
            try (TrainProgress shown = new TrainProgress(terminal, "teaching")) {
                TrainOptions options = tuning.training(parts.train(), epochs, run.seed())
                        .checkpoints(checkpoints)
                        .startCounts(true)
                        .build();
                return teaching.taught(network, options, shown);
            }
        };
    }
}
