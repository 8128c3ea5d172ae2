package dev.narrows.device;

import dev.narrows.wire.bundle.Manifest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows what a bundle's codecs cost, first from the bundle, then from the items themselves, and makes plans of it.
 * Thread-safe.
 */
final class Planner {

    /** What packing measured counts as much as this many items. */
    private static final double PRIOR_ITEMS = 16;

    private final Manifest manifest;
    private final String cut;
    private final String codec;
    private final Map<String, Cost> costs = new LinkedHashMap<>(); // by cut index + codec; guarded by itself

    /**
     * @param cut a cut's name or {@code auto}
     * @param codec a codec's name or {@code auto}
     * @param leastAgreement the share of verification items that a codec must have answered as the whole network did
     *     to be chosen when nobody named it, see {@link CodecTrust}
     */
    Planner(Manifest manifest, String cut, String codec, double leastAgreement) {
        this.manifest = manifest;
        this.cut = cut;
        this.codec = codec;
        for (int i = 0; i < manifest.cuts().size() - 1; i++) {
            Manifest.Cut here = manifest.cuts().get(i);
            add(i, "raw", (double) here.widthBytes());
            for (Manifest.Codec listed : manifest.codecs().getOrDefault(here.name(), List.of())) {
                if (listed.name().equals(codec) || CodecTrust.trusts(listed, leastAgreement)) {
                    add(i, listed.name(), listed.meanBytes());
                }
            }
            if (codec.equals("fp16") && !costs.containsKey(key(i, codec))) {
                add(i, codec, here.widthBytes() / 2.0);
            }
        }
    }

    private void add(int cutIndex, String codecName, double bytes) {
        costs.put(key(cutIndex, codecName), new Cost(cutIndex, codecName, bytes));
    }

    /** Everything on the device. */
    static Plan onDevice() {
        return new Plan(Manifest.OUTPUT_CUT, "raw", List.of());
    }

    /** Whether there is anything to choose: a change of the link may change the plan. */
    boolean chooses() {
        return cut.equals(HybridModel.AUTO) || codec.equals(HybridModel.AUTO);
    }

    /** The plan as long as nothing was measured: the named cut and codec, or everything on the device. */
    Plan initial() {
        return chooses() ? onDevice() : new Plan(cut, codec, List.of());
    }

    /** The codecs that a plan may choose from. */
    List<CutChooser.Code> codes() {
        List<CutChooser.Code> codes = new ArrayList<>();
        synchronized (costs) {
            for (Cost cost : costs.values()) {
                codes.add(new CutChooser.Code(cost.cut, cost.codec, cost.bytes(), cost.encodeNanos.quantile(0.5)));
            }
        }
        return codes;
    }

    /** Remembers what coding really cost. */
    void coded(int cutIndex, String codecName, long items, long bytes, long nanos) {
        synchronized (costs) {
            Cost cost = costs.get(key(cutIndex, codecName));
            if (cost != null && items > 0) {
                cost.sum += bytes;
                cost.items += items;
                cost.encodeNanos.add(nanos / (double) items);
            }
        }
    }

    /** Remembers the time of coding a sample, whose size says nothing. */
    void sampled(int cutIndex, String codecName, long nanos) {
        synchronized (costs) {
            Cost cost = costs.get(key(cutIndex, codecName));
            if (cost != null) {
                cost.encodeNanos.add((double) nanos);
            }
        }
    }

    /**
     * The best plan for what was measured.
     *
     * @param deviceNanos of each segment on the device
     * @param facts the cloud's; where it does not say its segments' times they are taken to be the device's
     */
    Plan plan(List<Double> deviceNanos, CloudTier.Facts facts) {
        List<Double> server = facts.segmentNanos().size() == deviceNanos.size() ? facts.segmentNanos() : deviceNanos;
        List<String> cuts = new ArrayList<>();
        for (Manifest.Cut one : manifest.cuts()) {
            cuts.add(one.name());
        }
        double outputBytes = manifest.cuts().get(manifest.cuts().size() - 1).widthBytes();
        return CutChooser.choose(
                new CutChooser.Measured(cuts, deviceNanos, server, codes(), outputBytes, facts.link()), cut, codec);
    }

    private static String key(int cutIndex, String codecName) {
        return cutIndex + " " + codecName;
    }

    /** One codec of one cut. */
    private static final class Cost {
        final int cut;
        final String codec;
        final RecentTimes encodeNanos = new RecentTimes();
        double items = PRIOR_ITEMS;
        double sum;

        Cost(int cut, String codec, double bytes) {
            this.cut = cut;
            this.codec = codec;
            sum = bytes * PRIOR_ITEMS;
        }

        double bytes() {
            return sum / items;
        }
    }
}
