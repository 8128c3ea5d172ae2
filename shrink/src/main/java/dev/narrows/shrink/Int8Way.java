package dev.narrows.shrink;

/**
 * One way of letting a network compute with bytes.
 *
 * @param equalized whether channels are scaled between layers first ({@link Equalization})
 * @param options how layers become bytes then
 */
public record Int8Way(boolean equalized, Int8Options options) {

    /** In words, without a comma; two ways with the same words are the same. */
    public String text() {
        return options.method() + " " + options.weightBits() + " bits " + options.rounding()
                + (options.biasCorrection() ? "" : " uncorrected")
                + (options.activations() == ActivationGrid.SIGNED ? " signed" : "")
                + (equalized ? " equalized" : "");
    }
}
