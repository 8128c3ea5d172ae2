package dev.narrows.device;

import dev.narrows.wire.bundle.Manifest;

/**
 * Which codecs {@code auto} may choose: those whose answers packing found to be the whole network's, on items enough to
 * believe it.
 *
 * <p>Two things must hold. The measured share of equal answers is at least what is asked for ({@link
 * HybridModelBuilder#leastAgreement}, 0.99 if nothing else). And the share among all items ever, of which those measured
 * are a sample, is hardly much less: the lower end of the Wilson score interval (E. B. Wilson, Probable inference, the
 * law of succession, and statistical inference, Journal of the American Statistical Association 22, 1927) at 95 %, two
 * sides, lies at most {@link #MARGIN} below it. With 0.99 asked for, the lower end must reach 0.90, which takes 35 items
 * that all agree. Wilson's interval, because the usual one (share ± z · standard error) has no width at all where every
 * item agreed.
 *
 * <p>{@code raw} needs no trust: it is lossless by construction. A codec that packing saw lossless was seen so on these
 * items only, and is held to the same rule.
 */
public final class CodecTrust {

    /** How far below the asked-for share the lower end of the interval may lie. */
    public static final double MARGIN = 0.09;

    /** The 0.975 quantile of the standard normal distribution: 95 % lie within, two sides. */
    private static final double Z = 1.959963984540054;

    private CodecTrust() {}

    /** Whether {@code auto} may choose the codec if nothing else is asked for. */
    public static boolean trusts(Manifest.Codec codec) {
        return trusts(codec, HybridModelBuilder.DEFAULT_LEAST_AGREEMENT);
    }

    /**
     * Whether {@code auto} may choose the codec. Never if it was measured on no item, {@code raw} always.
     *
     * @param leastAgreement the asked-for share, 0 to 1
     */
    public static boolean trusts(Manifest.Codec codec, double leastAgreement) {
        if (codec.name().equals("raw")) {
            return true;
        }
        return codec.items() > 0
                && codec.agreement() >= leastAgreement
                && lowerEnd(codec.agreement(), codec.items()) >= leastAgreement - MARGIN;
    }

    /** The items on which a codec must have been measured to be trusted, if it agreed on all of them. */
    public static int itemsNeeded(double leastAgreement) {
        double bound = Math.max(0, leastAgreement - MARGIN);
        // All agreed: the lower end is n / (n + z²).
        return Math.max(1, (int) Math.ceil(Z * Z * bound / (1 - bound)));
    }

    /**
     * The lower end of Wilson's interval at 95 %.
     *
     * @param share of the items that agreed, 0 to 1
     * @param items 1 or more
     */
    static double lowerEnd(double share, int items) {
        double z2n = Z * Z / items;
        double centre = share + z2n / 2;
        double halfWidth = Z * Math.sqrt((share * (1 - share) + z2n / 4) / items);
        return (centre - halfWidth) / (1 + z2n);
    }
}
