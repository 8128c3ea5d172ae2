package dev.narrows.cli;

import dev.narrows.wire.codec.Codecs;
import java.util.ArrayList;
import java.util.List;

/** What the demo must show, checked: predictions, bytes and answers while offline; never a time. */
final class DemoCheck {

    /** Bytes of an order's code, at most: what the network was trained for. */
    static final double CODE_BYTES = 120;

    private static final double RAW_PCM_BYTES = 64_000;

    private DemoCheck() {}

    /** What does not hold, a sentence each; empty if all is well. */
    static List<String> failures(List<DemoResult> results, String bottleneck) {
        List<String> failures = new ArrayList<>();
        DemoResult device = find(results, DemoScenario.ALL_ON_DEVICE);
        DemoResult cloud = find(results, DemoScenario.ALL_IN_CLOUD);
        same(failures, device, "the reference", device.asReference());
        same(failures, cloud, "the reference", cloud.asReference());
        expect(failures, cloud.codeBytesUp() == RAW_PCM_BYTES, cloud, "bytes up", cloud.codeBytesUp(), "64000");
        for (String codec : DemoScenario.CODECS) {
            DemoResult result = find(results, DemoScenario.atBottleneck(bottleneck, codec));
            expect(
                    failures,
                    result.byCloud() == result.items(),
                    result,
                    "answered by the cloud",
                    result.byCloud(),
                    String.valueOf(result.items()));
            same(failures, result, "the reference", result.asReference());
        }
        DemoResult coded = find(results, DemoScenario.atBottleneck(bottleneck, Codecs.BOTTLENECK));
        expect(failures, coded.codeBytesUp() <= CODE_BYTES, coded, "bytes up", coded.codeBytesUp(), "at most 120");
        DemoResult auto = find(results, DemoScenario.AUTO);
        expect(failures, auto.lost() == 0, auto, "clips lost", auto.lost(), "0");
        for (String scenario : List.of(DemoScenario.AUTO_LINK_CUT, DemoScenario.bottleneckLinkCut(bottleneck))) {
            DemoResult offline = find(results, scenario);
            expect(failures, offline.lost() == 0, offline, "clips lost", offline.lost(), "0");
            expect(
                    failures,
                    offline.offlineItems() > 0,
                    offline,
                    "items while offline",
                    offline.offlineItems(),
                    "some");
            expect(
                    failures,
                    offline.offlineAnswered() == offline.offlineItems(),
                    offline,
                    "answers of the device while offline, equal to its own",
                    offline.offlineAnswered(),
                    String.valueOf(offline.offlineItems()));
        }
        slowDevice(failures, results);
        return failures;
    }

    /** A slow device must have used the link, without a changed answer: what it may choose agreed on these very clips. */
    private static void slowDevice(List<String> failures, List<DemoResult> results) {
        DemoResult alone = find(results, DemoSlowDevice.ALONE);
        same(failures, alone, "the reference", alone.asReference());
        DemoResult auto = find(results, DemoSlowDevice.AUTO);
        String orders = String.valueOf(DemoSlowDevice.ORDERS);
        expect(failures, alone.items() == DemoSlowDevice.ORDERS, alone, "clips", alone.items(), orders);
        expect(failures, auto.items() == DemoSlowDevice.ORDERS, auto, "clips", auto.items(), orders);
        same(failures, auto, "the reference", auto.asReference());
        expect(failures, auto.byCloud() > 0, auto, "answered by the cloud", auto.byCloud(), "1 or more");
        expect(failures, auto.codeBytesUp() > 0, auto, "bytes up", auto.codeBytesUp(), "1 or more");
        expect(failures, auto.lost() == 0, auto, "clips lost", auto.lost(), "0");
    }

    private static void same(List<String> failures, DemoResult result, String whose, int count) {
        expect(
                failures,
                count == result.items(),
                result,
                "predictions equal to " + whose,
                count,
                String.valueOf(result.items()));
    }

    private static void expect(
            List<String> failures, boolean holds, DemoResult result, String what, Number actual, String expected) {
        if (!holds) {
            failures.add(result.scenario() + ": " + what + ": " + actual + " (expected: " + expected + ")");
        }
    }

    private static DemoResult find(List<DemoResult> results, String scenario) {
        return results.stream()
                .filter(result -> result.scenario().equals(scenario))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no scenario \"" + scenario + "\""));
    }
}
