package dev.narrows.cli;

import dev.narrows.wire.codec.Codecs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One way of running the clips.
 *
 * @param name what tables and pictures call it
 * @param cut where the network is cut: a cut's name, {@code input} (all in the cloud), {@code output} (all on the
 *     device) or {@code auto}
 * @param codec the cut's codec, or {@code auto}
 * @param deadline when an answer is due
 * @param linkCut whether the link is cut off half-way through the clips
 */
record DemoScenario(String name, String cut, String codec, Duration deadline, boolean linkCut) {

    /** Long enough that no slow link makes the device answer where the cloud alone is to be measured. */
    static final Duration PATIENT = Duration.ofSeconds(20);

    static final String ALL_ON_DEVICE = "all on device";
    static final String ALL_IN_CLOUD = "all in cloud, 16-bit PCM";
    static final String AUTO = "auto";
    static final String LINK_CUT = ", link cut half-way";
    static final String AUTO_LINK_CUT = AUTO + LINK_CUT;

    /** The codec of the scenario in which a cut network loses its link. */
    private static final String LINK_CUT_CODEC = Codecs.BOTTLENECK;

    /** The codecs shown at the bottleneck. */
    static final List<String> CODECS = List.of("raw", "fp16", Codecs.BOTTLENECK);

    /** The demo's scenarios, with {@code deadline} for those in which the device may step in. */
    static List<DemoScenario> all(String bottleneck, Duration deadline) {
        List<DemoScenario> scenarios = new ArrayList<>();
        scenarios.add(new DemoScenario(ALL_ON_DEVICE, "output", "raw", PATIENT, false));
        scenarios.add(new DemoScenario(ALL_IN_CLOUD, "input", "pcm16", PATIENT, false));
        for (String codec : CODECS) {
            scenarios.add(new DemoScenario(atBottleneck(bottleneck, codec), bottleneck, codec, PATIENT, false));
        }
        scenarios.add(new DemoScenario(AUTO, "auto", "auto", deadline, false));
        scenarios.add(new DemoScenario(AUTO_LINK_CUT, "auto", "auto", deadline, true));
        scenarios.add(new DemoScenario(bottleneckLinkCut(bottleneck), bottleneck, LINK_CUT_CODEC, deadline, true));
        return scenarios;
    }

    static String atBottleneck(String bottleneck, String codec) {
        return "cut at " + bottleneck + ", " + codec;
    }

    static String bottleneckLinkCut(String bottleneck) {
        return atBottleneck(bottleneck, LINK_CUT_CODEC) + LINK_CUT;
    }

    boolean usesCloud() {
        return !cut.equals("output");
    }
}
