package dev.narrows.plan;

import java.nio.file.Path;
import java.util.List;

/**
 * What was packed and how it was verified.
 *
 * @param bundle where the bundle was written
 * @param hash its content hash
 * @param sizeBytes its size on disk
 * @param items items that it was verified on
 * @param randomItems whether those were random, for want of given ones
 * @param heldOutItems items that the codecs' agreement counts as measured on: all of them, or 0 if they were random or
 *     codecs were calibrated on any of them
 * @param chain how the chain of segments compares with the whole network
 * @param cuts each cut's codecs as measured
 * @param exits each exit as measured, in the order of the cuts
 * @param meanMacsShare mean multiply-accumulate operations of an item over those without exits; 1 if there are none
 * @param warnings what the user should know
 */
public record PackReport(
        Path bundle,
        String hash,
        long sizeBytes,
        int items,
        boolean randomItems,
        int heldOutItems,
        ChainCheck.Result chain,
        List<CutReport> cuts,
        List<ExitReport> exits,
        double meanMacsShare,
        List<String> warnings) {

    public PackReport {
        cuts = List.copyOf(cuts);
        exits = List.copyOf(exits);
        warnings = List.copyOf(warnings);
    }

    /** One cut's codecs. */
    public record CutReport(String cut, long widthBytes, List<CodecReport> codecs) {

        public CutReport {
            codecs = List.copyOf(codecs);
        }
    }

    /**
     * One codec at one cut.
     *
     * @param meanBytes mean bytes of data of one coded item
     * @param agreement share of the items whose answer is that of the whole network
     * @param maxDifference the largest |difference| of an output, relative to the output's largest magnitude
     * @param lossless whether every item's tensors came back bit by bit
     */
    public record CodecReport(
            String codec, double meanBytes, double agreement, double maxDifference, boolean lossless) {}

    /**
     * One exit.
     *
     * @param cut its cut's name
     * @param gate as text
     * @param coverage share of all items that it answered, exits tried in order
     * @param agreement share of those that it answered as the whole network does; 0 if none
     * @param macs its own multiply-accumulate operations for one item
     * @param macsShare those of an item that it answers, the segments and exits before it included, over the network's
     */
    public record ExitReport(String cut, String gate, double coverage, double agreement, long macs, double macsShare) {}
}
