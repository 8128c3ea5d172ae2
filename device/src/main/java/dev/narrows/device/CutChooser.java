package dev.narrows.device;

import dev.narrows.wire.Link;
import dev.narrows.wire.bundle.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Predicts the latency of each way to answer one item and chooses the least. Arithmetic only: what it knows was
 * measured by others.
 *
 * <p>The model is a sum: the segments before the cut on the device, coding, the request's bytes over the bandwidth up,
 * one round trip, the segments behind the cut in the cloud, the answer's bytes over the bandwidth down. It is the
 * partitioning rule of Neurosurgeon (Kang et al., 2017) with codecs added. Exits before the cut add their times, and end
 * the sum for the share of items that they answer: what is compared is the mean over all items. Time complexity: cuts × codecs.
 */
final class CutChooser {

    /** Bytes of a request or an answer that are neither code nor output: JSON and headers, as measured. */
    static final long OVERHEAD_BYTES = 700;

    private CutChooser() {}

    /**
     * One codec of one cut.
     *
     * @param bytes mean size of an item's code
     * @param encodeNanos to code one item
     */
    record Code(int cut, String codec, double bytes, double encodeNanos) {}

    /**
     * One exit.
     *
     * @param nanos of one item
     * @param share of the items that reach it which it answers, 0 to 1
     */
    record Exit(int cut, double nanos, double share) {}

    /**
     * Everything measured.
     *
     * @param cuts the names of the n + 1 cuts
     * @param deviceNanos of each of the n segments on the device
     * @param serverNanos of each of the n segments in the cloud
     * @param codes the ways to hand over; a cut with none is no candidate
     * @param exits in the order of their cuts
     * @param outputBytes of one item's answer
     */
    record Measured(
            List<String> cuts,
            List<Double> deviceNanos,
            List<Double> serverNanos,
            List<Code> codes,
            List<Exit> exits,
            double outputBytes,
            Link link) {}

    /** All ways, fastest on average first; of equally fast ones the device's own comes first, then the order of the codes. */
    static List<Plan.Option> options(Measured measured) {
        List<Plan.Option> options = new ArrayList<>();
        int segments = measured.deviceNanos().size();
        options.add(option(measured, segments, "raw", 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO));
        Link link = measured.link();
        for (Code code : measured.codes()) {
            options.add(option(
                    measured,
                    code.cut(),
                    code.codec(),
                    code.bytes(),
                    code.encodeNanos(),
                    transfer(code.bytes() + OVERHEAD_BYTES, link.upMbps()),
                    link.roundTrip(),
                    transfer(measured.outputBytes() + OVERHEAD_BYTES, link.downMbps())));
        }
        options.sort(Comparator.comparing(Plan.Option::mean)); // stable
        return options;
    }

    private static Plan.Option option(
            Measured measured,
            int cut,
            String codec,
            double bytes,
            double encodeNanos,
            Duration up,
            Duration roundTrip,
            Duration down) {
        double exitNanos = 0;
        double early = 0; // of the mean, by items that an exit answers
        double rest = 1; // of the items
        for (Exit exit : measured.exits()) {
            if (exit.cut() <= cut) {
                exitNanos += exit.nanos();
                early += rest * exit.share() * (sum(measured.deviceNanos(), 0, exit.cut()) + exitNanos);
                rest *= 1 - exit.share();
            }
        }
        Plan.Option all = new Plan.Option(
                measured.cuts().get(cut),
                codec,
                Math.round(bytes),
                nanos(sum(measured.deviceNanos(), 0, cut)),
                nanos(encodeNanos),
                up,
                roundTrip,
                nanos(sum(measured.serverNanos(), cut, measured.serverNanos().size())),
                down,
                nanos(exitNanos),
                Duration.ZERO);
        return all.withMean(nanos(early + rest * all.total().toNanos()));
    }

    /**
     * The fastest way that {@code cut} and {@code codec} allow.
     *
     * @param cut a cut's name, or {@code auto}
     * @param codec a codec's name, or {@code auto}
     */
    static Plan choose(Measured measured, String cut, String codec) {
        List<Plan.Option> options = options(measured);
        for (Plan.Option option : options) {
            boolean onDevice = option.cut().equals(Manifest.OUTPUT_CUT);
            if (fits(cut, option.cut()) && (onDevice || fits(codec, option.codec()))) {
                return new Plan(option.cut(), option.codec(), options);
            }
        }
        throw new IllegalStateException("no option for cut " + cut + ", codec " + codec);
    }

    private static boolean fits(String wanted, String name) {
        return wanted.equals(HybridModel.AUTO) || wanted.equals(name);
    }

    /** 10⁶ bit/s are 8,000 ns a byte over the number of them. */
    private static Duration transfer(double bytes, double mbps) {
        return nanos(bytes * 8_000 / mbps);
    }

    private static double sum(List<Double> values, int from, int to) {
        double sum = 0;
        for (double value : values.subList(from, to)) {
            sum += value;
        }
        return sum;
    }

    private static Duration nanos(double value) {
        return Duration.ofNanos(Math.round(value));
    }
}
