package dev.narrows.cli;

import dev.narrows.augment.Augmentation;
import dev.narrows.augment.Augmentations;
import dev.narrows.data.Dataset;
import dev.narrows.data.Datasets;
import dev.narrows.data.Kind;
import dev.narrows.errors.InvalidException;
import dev.narrows.gradient.MixedPrecision;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.BatchNormFolding;
import dev.narrows.graph.Network;
import dev.narrows.train.Loss;
import dev.narrows.train.LossChoice;
import dev.narrows.train.OptimizerChoice;
import dev.narrows.train.Schedule;
import dev.narrows.train.TrainOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that say how a training goes. */
final class TrainLoop {

    /** Below this a convolution in bfloat16 is slower by more than chance. */
    private static final double SLOWER = 0.95;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the data (default: ${DEFAULT-VALUE}).")
    private int epochs = TrainOptions.DEFAULT_EPOCHS;

    @Option(names = "--batch", paramLabel = "N", description = "Items a step (default: ${DEFAULT-VALUE}).")
    private int batch = TrainOptions.DEFAULT_BATCH;

    @Option(
            names = "--optimizer",
            paramLabel = "SPEC",
            description = OptimizerChoice.HELP + " (default: ${DEFAULT-VALUE}).")
    private String optimizer = "adamw";

    @Option(
            names = "--schedule",
            paramLabel = "SPEC",
            description = "Of the learning rate: " + Schedule.HELP + " (default: ${DEFAULT-VALUE}).")
    private String schedule = "one-cycle";

    @Option(names = "--loss", paramLabel = "SPEC", description = LossChoice.HELP + " (default: ${DEFAULT-VALUE}).")
    private String loss = LossChoice.DEFAULT;

    @Option(
            names = "--augment",
            paramLabel = "SPEC",
            description =
                    "What may happen to items in training, such as crop:4,flip or noise:5-30 (docs/augmentation.md). Several "
                            + "modalities: NAME=SPEC;NAME=SPEC")
    private @Nullable String augment;

    @Option(
            names = "--mix-up",
            paramLabel = "ALPHA",
            description = "Mix items with others; 0.2 is usual (default: off).")
    private double mixUp;

    @Option(names = "--ema", paramLabel = "DECAY", description = "Keep the weights' moving average (default: off).")
    private double ema;

    @Option(
            names = "--clip",
            paramLabel = "LENGTH",
            description = "The most that the gradient may be long (default: off).")
    private double clip;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N epochs that are not better (default: never).")
    private int patience;

    @Option(
            names = "--keep-zeros",
            description = "Weights that are 0 at the beginning stay 0: what `narrows shrink prune` took stays taken.")
    private boolean keepZeros;

    @Option(
            names = "--keep-shared",
            description =
                    "Weights of a tensor that are equal at the beginning stay equal, and 0 stays 0: what `narrows "
                            + "shrink share` made few values learns as few.")
    private boolean keepShared;

    @Option(
            names = "--bfloat16",
            description = "Compute in bfloat16 where it is safe: about twice as fast on processors that have it.")
    private boolean bfloat16;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads; with 1 a run repeats bit by bit (default: 1).")
    private int threads = 1;

    @Option(names = "--workers", paramLabel = "N", description = "Threads that read items (default: 1).")
    private int workers = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Of all chance (default: 0).")
    private long seed;

    @Option(
            names = "--fold",
            description = "Fold batch normalisations into the convolutions before them in what is written.")
    private boolean fold;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    private boolean warned;

    /** A trained network as it is to be written. */
    Network written(Network trained) {
        return fold ? BatchNormFolding.fold(trained) : trained;
    }

    long seed() {
        return seed;
    }

    int threads() {
        return threads;
    }

    int epochs() {
        return epochs;
    }

    Loss loss() {
        return LossChoice.parse(loss);
    }

    /**
     * @param checkpoints the directory that an interrupted training goes on from
     * @param what is trained, for the checkpoints' sake
     */
    TrainOptions.Builder options(Dataset data, Path checkpoints, String what) {
        warnIfSlower();
        return TrainOptions.builder()
                .epochs(epochs)
                .batch(batch)
                .optimizer(OptimizerChoice.parse(optimizer))
                .schedule(Schedule.parse(schedule))
                .augmentation(augmentation(data))
                .mixUp(mixUp)
                .ema(ema)
                .clip(clip)
                .patience(patience)
                .keepZeros(keepZeros)
                .keepShared(keepShared)
                .mixed(bfloat16)
                .threads(threads)
                .workers(workers)
                .seed(seed)
                .settings(what + ", schedule " + schedule + ", loss " + loss + ", augment " + augment)
                .checkpoints(checkpoints);
    }

    private void warnIfSlower() {
        if (!bfloat16 || warned) {
            return;
        }
        warned = true;
        Torch.threads(threads);
        double speedup = MixedPrecision.speedup();
        if (speedup < SLOWER) {
            PrintWriter err = command.commandLine().getErr();
            err.printf(
                    Locale.ROOT,
                    "--bfloat16: slower than float32 on this processor (a convolution takes %.1f times as long)%n",
                    1 / speedup);
            err.flush();
        }
    }

    private Augmentation augmentation(Dataset data) {
        if (augment == null) {
            return Augmentation.NONE;
        }
        if (!(data.kind() instanceof Kind.Several items)) {
            return augmentation(augment, data);
        }
        Map<String, Augmentation> each = new LinkedHashMap<>();
        PerModality.parse("--augment", augment, items)
                .forEach((name, spec) -> each.put(name, augmentation(spec, Datasets.only(data, name))));
        return items.augmentation(each);
    }

    /** What {@code --augment} says, for items of one modality. */
    static Augmentation augmentation(String spec, Dataset data) {
        return Augmentations.parse(
                spec,
                TrainMedium.of(data)
                        .orElseThrow(() -> new InvalidException(
                                "--augment: the items are neither images nor sound (expected: one of both)")));
    }
}
