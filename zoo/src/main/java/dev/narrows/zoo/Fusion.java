package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How a network joins several inputs (Baltrušaitis et al. 2019, "Multimodal Machine Learning", section 6). */
public enum Fusion {
    /** Each input has its own trunk and heads; the logits are the means of theirs. */
    LATE("late"),
    /** Each input has its own trunk and heads; the logits are the sums of theirs. */
    LATE_SUM("late-sum"),
    /**
     * The trunks' features are concatenated; a dense layer of {@value Zoo#FUSED} ReLUs, in front of the heads, lets one
     * input change what another means (without it the heads would be sums of one head for each input: late fusion).
     */
    INTERMEDIATE("intermediate");

    private final String label;

    Fusion(String label) {
        this.label = label;
    }

    /** As options say it. */
    public String label() {
        return label;
    }

    /**
     * Reads a label.
     *
     * @throws InvalidException if there is none such; the message lists them
     */
    public static Fusion parse(String label) {
        for (Fusion fusion : values()) {
            if (fusion.label.equals(label)) {
                return fusion;
            }
        }
        throw new InvalidException("fusion: \"" + label + "\" (expected: "
                + Arrays.stream(values()).map(Fusion::label).collect(Collectors.joining(", ")) + ")");
    }
}
