package dev.narrows.cli;

import dev.narrows.augment.Augmentation;
import dev.narrows.augment.Augmentations;
import dev.narrows.data.Dataset;
import dev.narrows.errors.InvalidException;
import dev.narrows.train.OptimizerChoice;
import dev.narrows.train.Schedule;
import dev.narrows.train.TrainOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how smaller networks learn again in a search. */
final class Teaching {

    private static final int BATCH = 64;

    @Option(
            names = "--fine-tune",
            paramLabel = "EPOCHS",
            description = "How long each smaller network learns from the original (default: 1 with --data, else 0).")
    private @Nullable Integer epochs;

    @Option(
            names = "--finish",
            paramLabel = "EPOCHS",
            description = "How long the three best that are fast and small enough learn in the end (default: 0).")
    private int finish;

    @Option(names = "--batch", paramLabel = "N", description = "Items a step (default: " + BATCH + ").")
    private int batch = BATCH;

    @Option(names = "--optimizer", paramLabel = "SPEC", description = OptimizerChoice.HELP + " (default: adamw).")
    private String optimizer = "adamw";

    @Option(
            names = "--augment",
            paramLabel = "SPEC",
            description = "What may happen to items in training, such as crop:4,flip (docs/augmentation.md).")
    private @Nullable String augment;

    @Option(
            names = "--bfloat16",
            description = "Train in bfloat16 where it is safe: about twice as fast on processors that have it.")
    private boolean bfloat16;

    int epochs(boolean data) {
        int chosen = epochs == null ? (data ? 1 : 0) : epochs;
        if (chosen < 0 || finish < 0) {
            throw new WrongUseException(
                    "--fine-tune, --finish: " + chosen + ", " + finish + " (expected: 0 or more epochs)");
        }
        if (!data && chosen + finish > 0) {
            throw new WrongUseException("--fine-tune, --finish: nothing to learn from (expected: --data)");
        }
        return chosen;
    }

    int finishEpochs() {
        return finish;
    }

    /** What of it decides the weights, as text. */
    String text() {
        return "batch " + batch + ", optimizer " + optimizer + ", augment " + augment + ", bfloat16 " + bfloat16;
    }

    TrainOptions options(Dataset data, int of, Path checkpoints, long seed) {
        return TrainOptions.builder()
                .epochs(of)
                .batch(batch)
                .optimizer(OptimizerChoice.parse(optimizer))
                .schedule(Schedule.parse("one-cycle"))
                .augmentation(augmentation(data))
                .mixed(bfloat16)
                .seed(seed)
                .settings(text())
                .checkpoints(checkpoints)
                .build();
    }

    private Augmentation augmentation(Dataset data) {
        return augment == null
                ? Augmentation.NONE
                : Augmentations.parse(
                        augment,
                        TrainMedium.of(data)
                                .orElseThrow(() -> new InvalidException("--augment: the items are neither images nor "
                                        + "sound (expected: one of both)")));
    }
}
