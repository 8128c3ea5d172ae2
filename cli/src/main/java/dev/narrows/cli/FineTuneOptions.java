package dev.narrows.cli;

import dev.narrows.augment.Augmentation;
import dev.narrows.data.Dataset;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.shrink.FineTuning;
import dev.narrows.train.Distillation;
import dev.narrows.train.Inputs;
import dev.narrows.train.Losses;
import dev.narrows.train.OptimizerChoice;
import dev.narrows.train.Schedule;
import dev.narrows.train.TrainOptions;
import dev.narrows.zoo.NetworkBuilder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that say how a network is taught again what shrinking cost it. */
final class FineTuneOptions {

    private static final double CLIP = 5;
    private static final String OPTIMIZER = "adamw:rate=0.002,decay=0.01";

    /** Those that say how, not for how long. */
    static final List<String> HOW = List.of(
            "--teacher-weight", "--batch", "--optimizer", "--augment", "--mix-up", "--ema", "--bfloat16", "--threads");

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    @Option(
            names = "--fine-tune",
            paramLabel = "EPOCHS",
            description = "Teach a network that lost something again, for so many passes over the training items.")
    private @Nullable Integer epochs;

    @Option(
            names = "--teacher-weight",
            paramLabel = "W",
            description =
                    "--fine-tune: of the old network's answers against the labels', 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double teacherWeight = 0.9;

    @Option(names = "--batch", paramLabel = "N", description = "--fine-tune: items a step (default: ${DEFAULT-VALUE}).")
    private int batch = TrainOptions.DEFAULT_BATCH;

    @Option(
            names = "--optimizer",
            paramLabel = "SPEC",
            description = "--fine-tune: " + OptimizerChoice.HELP + " (default: ${DEFAULT-VALUE}).")
    private String optimizer;

    @Option(
            names = "--augment",
            paramLabel = "SPEC",
            description = "--fine-tune: what may happen to items, such as crop:4,flip (docs/augmentation.md).")
    private @Nullable String augment;

    @Option(
            names = "--mix-up",
            paramLabel = "ALPHA",
            description = "--fine-tune: mix items with others; 0.2 is usual (default: off).")
    private double mixUp;

    @Option(
            names = "--ema",
            paramLabel = "DECAY",
            description = "--fine-tune: keep the weights' moving average (default: off).")
    private double ema;

    @Option(
            names = "--bfloat16",
            description = "--fine-tune: compute in bfloat16 where it is safe: faster on processors that have it.")
    private boolean bfloat16;

    @Option(names = "--threads", paramLabel = "N", description = "--fine-tune: threads (default: 1).")
    private int threads = 1;

    FineTuneOptions() {
        this(OPTIMIZER);
    }

    /** @param unsaid the optimiser if nothing was said */
    FineTuneOptions(String unsaid) {
        optimizer = unsaid;
    }

    /** @param unsaid if nothing was said */
    int epochs(int unsaid) {
        int chosen = epochs == null ? unsaid : epochs;
        if (chosen < 0) {
            throw new WrongUseException("--fine-tune: " + chosen + " (expected: 0 or more)");
        }
        return chosen;
    }

    /**
     * Refuses options that would say nothing.
     *
     * @param taught whether anything is
     * @param expected what would let something be taught
     */
    void check(boolean taught, String expected) {
        for (String option : HOW) {
            if (!taught && command.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new WrongUseException(option + ": nothing is taught (expected: with " + expected + ")");
            }
        }
    }

    /** What of it decides the weights, as text. */
    String text() {
        return "batch " + batch + ", optimizer " + optimizer + ", augment " + augment + ", bfloat16 " + bfloat16
                + ", teacher " + teacherWeight + (mixUp == 0 ? "" : ", mix-up " + mixUp)
                + (ema == 0 ? "" : ", ema " + ema);
    }

    /** @throws InvalidException if the items have no labels and the old network's answers do not count */
    FineTuning of(Network original, TrainData.Parts parts, Inputs inputs) {
        training(parts.train(), 1, 0).build(); // what is wrong with options is said before anything is measured
        boolean labelled = !parts.train().labels().isEmpty();
        double weight = labelled ? teacherWeight : 1;
        Optional<Distillation> teacher =
                weight == 0 ? Optional.empty() : Optional.of(FineTuning.teacher(original, inputs, weight));
        return new FineTuning(
                parts.train(), parts.held(), inputs, Losses.crossEntropy(0), teacher, NetworkBuilder::isFrozen);
    }

    /** How so many passes over the data go. */
    TrainOptions.Builder training(Dataset data, int passes, long seed) {
        return TrainOptions.builder()
                .epochs(passes)
                .batch(batch)
                .optimizer(OptimizerChoice.parse(optimizer))
                .schedule(Schedule.parse("one-cycle"))
                .augmentation(augment == null ? Augmentation.NONE : TrainLoop.augmentation(augment, data))
                .mixUp(mixUp)
                .ema(ema)
                .clip(CLIP)
                .mixed(bfloat16)
                .threads(threads)
                .seed(seed)
                .settings(text());
    }
}
