package dev.narrows.examples.orders;

import dev.narrows.errors.NarrowsException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the spoken-order data set. */
@Command(
        name = "orders.sh",
        description = "Makes spoken orders to train and test the coffee machine's network on: synthetic speech by"
                + " espeak-ng and flite, split by speaker.",
        showDefaultValues = true,
        sortOptions = false)
public final class SpokenOrders implements Callable<Integer> {

    private static final int WORKERS = 2;

    private final PrintStream out;
    private final PrintStream err;

    @Parameters(
            paramLabel = "DIR",
            showDefaultValue = Visibility.NEVER,
            description = "The data set's folder. One of the same recipe is kept as it is.")
    private Path folder = Path.of("");

    @Option(names = "--clips", paramLabel = "N", description = "Training clips.")
    private int clips = 20_000;

    @Option(names = "--validation", paramLabel = "N", description = "Validation clips, of other speakers.")
    private int validation = 1_400;

    @Option(names = "--test", paramLabel = "N", description = "Test clips, of yet other speakers; clean and noisy.")
    private int test = 2_800;

    @Option(names = "--flite", paramLabel = "N", description = "Test clips of flite's five voices; clean and noisy.")
    private int flite = 700;

    @Option(names = "--seed", paramLabel = "S", description = "Of all chance.")
    private long seed = 1;

    @Option(names = "--min-snr", paramLabel = "DB", description = "Of the loudest noise in the noisy sets.")
    private double minSnr = 5;

    @Option(names = "--max-snr", paramLabel = "DB", description = "Of the softest noise in the noisy sets.")
    private double maxSnr = 30;

    @Option(
            names = "--reverberation",
            paramLabel = "SHARE",
            description = "Share of the noisy sets' clips that are heard in a room.")
    private double reverberation;

    @Option(names = "--workers", paramLabel = "N", description = "Clips made at once; changes no byte.")
    private int workers = WORKERS;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Option(names = "--progress", description = "Shows a line of progress.", hidden = true)
    private boolean progress;

    SpokenOrders(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SpokenOrders(System.out, System.err)).execute(arguments));
    }

    @Override
    public Integer call() {
        if (workers < 1) {
            err.println("orders.sh: workers: " + workers + " (expected: 1 or more)");
            return CommandLine.ExitCode.USAGE;
        }
        try {
            Recipe recipe = new Recipe(
                    Map.of(Split.TRAIN, clips, Split.VALIDATION, validation, Split.TEST, test, Split.FLITE, flite),
                    seed,
                    minSnr,
                    maxSnr,
                    reverberation);
            Optional<OrderSet> there = OrderSet.find(folder, recipe);
            if (there.isPresent()) {
                out.println(folder + ": already there, SHA-256 " + there.get().sha256());
                return CommandLine.ExitCode.OK;
            }
            Progress line = new Progress(err, recipe.files());
            IntConsumer shown = progress ? line::done : files -> {};
            OrderSet made = OrderSet.make(folder, recipe, workers, shown);
            out.println(folder + ": " + recipe.files() + " files, SHA-256 " + made.sha256());
            return CommandLine.ExitCode.OK;
        } catch (NarrowsException e) {
            err.println("orders.sh: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }
}
