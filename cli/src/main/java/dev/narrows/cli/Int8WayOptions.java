package dev.narrows.cli;

import dev.narrows.shrink.ActivationGrid;
import dev.narrows.shrink.CalibrationMethod;
import dev.narrows.shrink.Int8Tuning;
import dev.narrows.shrink.Rounding;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say in which ways networks may be quantised to bytes; of those left open the one with least noise is taken. */
final class Int8WayOptions {

    @Option(
            names = "--calibration",
            paramLabel = "METHOD",
            description =
                    "INT8: how an activation's range is chosen: ${COMPLETION-CANDIDATES} (default: the one with the least "
                            + "noise in the answers to training items).")
    private @Nullable CalibrationMethod method;

    @Option(
            names = "--weight-bits",
            paramLabel = "BITS",
            description = "INT8: 8, 7, or auto: what answers better on this processor (default: auto).")
    private String weightBits = "auto";

    @Option(
            names = "--rounding",
            paramLabel = "METHOD",
            description =
                    "How weights of few bits are rounded: ${COMPLETION-CANDIDATES} (default: what has less noise).")
    private @Nullable Rounding rounding;

    @Option(
            names = "--equalize",
            paramLabel = "WHEN",
            description =
                    "INT8: scale channels between layers so that they fill their grid: yes, no, or auto, if that has less "
                            + "noise (default: auto).")
    private String equalize = "auto";

    @Option(
            names = "--no-bias-correction",
            description = "INT8: leave biases as they are, though the weights' errors shift the means.")
    private boolean noBiasCorrection;

    @Option(
            names = "--signed-activations",
            description =
                    "INT8: activations as signed bytes, symmetric about 0, for processors that want them; a Relu's get half "
                            + "of the steps (default: unsigned ones with a zero point).")
    private boolean signedActivations;

    /** 7, 8 or auto. */
    String weightBits() {
        return weightBits;
    }

    /** As given; null: what has the least noise. */
    @Nullable
    Rounding rounding() {
        return rounding;
    }

    void check() {
        if (!List.of("7", "8", "auto").contains(weightBits)) {
            throw new WrongUseException("--weight-bits: " + weightBits + " (expected: 7, 8 or auto)");
        }
        if (!List.of("yes", "no", "auto").contains(equalize)) {
            throw new WrongUseException("--equalize: " + equalize + " (expected: yes, no or auto)");
        }
    }

    Int8Tuning.Choices choices() {
        Int8Tuning.Choices all = Int8Tuning.Choices.ALL;
        return new Int8Tuning.Choices(
                weightBits.equals("auto") ? all.weightBits() : List.of(Integer.valueOf(weightBits)),
                method == null ? all.methods() : List.of(method),
                equalize.equals("auto") ? all.equalized() : List.of(equalize.equals("yes")),
                rounding == null ? all.roundings() : List.of(rounding),
                !noBiasCorrection,
                signedActivations ? ActivationGrid.SIGNED : ActivationGrid.UNSIGNED);
    }
}
