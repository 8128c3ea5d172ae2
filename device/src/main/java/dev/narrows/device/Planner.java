package dev.narrows.device;

import dev.narrows.wire.bundle.Manifest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows what a bundle's codecs cost and its exits answer, first from the bundle, then from the items themselves, and makes
 * plans of it.
 * Thread-safe.
 */
final class Planner {

    /** What packing measured counts as much as this many items. */
    private static final double PRIOR_ITEMS = 16;

    private final Manifest manifest;
    private final String cut;
    private final String codec;
    private final List<Use> exits = new ArrayList<>(); // none if exits are off; guarded by itself
    private final Map<String, Cost> costs = new LinkedHashMap<>(); // by cut index + codec; guarded by itself

    /**
     * @param cut a cut's name or {@code auto}
     * @param codec a codec's name or {@code auto}
     * @param leastAgreement the share of verification items that a codec must have answered as the whole network did
     *     to be chosen when nobody named it, see {@link CodecTrust}
     * @param tryExits whether exits are tried: then {@code auto} chooses no cut before the first of them
     */
    Planner(Manifest manifest, String cut, String codec, double leastAgreement, boolean tryExits) {
        this.manifest = manifest;
        this.cut = cut;
        this.codec = codec;
        double reach = 1;
        for (Manifest.Exit exit : tryExits ? manifest.exits() : List.<Manifest.Exit>of()) {
            exits.add(new Use(manifest.cutIndex(exit.cut()), exit, reach));
            reach -= exit.coverage();
        }
        int first = exits.isEmpty() || !cut.equals(HybridModel.AUTO) ? 0 : exits.get(0).cut;
        for (int i = first; i < manifest.cuts().size() - 1; i++) {
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

    /** Remembers how many of the items that reached an exit it answered. */
    void tried(int exit, long items, long answered) {
        synchronized (exits) {
            exits.get(exit).tried += items;
            exits.get(exit).answered += answered;
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
     * @param exitNanos of each exit on the device
     * @param facts the cloud's; where it does not say its segments' times they are taken to be the device's
     */
    Plan plan(List<Double> deviceNanos, List<Double> exitNanos, CloudTier.Facts facts) {
        List<Double> server = facts.segmentNanos().size() == deviceNanos.size() ? facts.segmentNanos() : deviceNanos;
        List<String> cuts = new ArrayList<>();
        for (Manifest.Cut one : manifest.cuts()) {
            cuts.add(one.name());
        }
        double outputBytes = manifest.cuts().get(manifest.cuts().size() - 1).widthBytes();
        return CutChooser.choose(
                new CutChooser.Measured(
                        cuts, deviceNanos, server, codes(), exits(exitNanos), outputBytes, facts.link()),
                cut,
                codec);
    }

    private List<CutChooser.Exit> exits(List<Double> nanos) {
        List<CutChooser.Exit> costs = new ArrayList<>();
        synchronized (exits) {
            for (Use use : exits) {
                costs.add(new CutChooser.Exit(use.cut, nanos.get(costs.size()), use.share()));
            }
        }
        return costs;
    }

    private static String key(int cutIndex, String codecName) {
        return cutIndex + " " + codecName;
    }

    /** One exit: how many of the items that reach it it answers. */
    private static final class Use {
        final int cut;
        double tried;
        double answered;

        /**
         * What packing measured counts as much as {@link #PRIOR_ITEMS}; measured on no item it is worth nothing.
         *
         * @param reach the share of all items that reaches the exit
         */
        Use(int cut, Manifest.Exit exit, double reach) {
            this.cut = cut;
            if (exit.items() > 0 && reach > 0) {
                tried = PRIOR_ITEMS;
                answered = PRIOR_ITEMS * Math.min(1, exit.coverage() / reach);
            }
        }

        double share() {
            return tried == 0 ? 0 : answered / tried;
        }
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
