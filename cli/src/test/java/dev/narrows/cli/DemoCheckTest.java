package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoCheckTest {

    private static final String CUT = "bottleneck.code";

    /** What a demo gives in which all is well. */
    private static List<DemoResult> good() {
        List<DemoResult> results = new ArrayList<>();
        for (DemoScenario scenario : DemoScenario.all(CUT, Duration.ofMillis(300))) {
            int offline = scenario.linkCut() ? 42 : 0;
            double bytes = scenario.codec().equals("pcm16") ? 64_000 : 110;
            results.add(result(scenario.name(), 84, 84, 0, bytes, scenario.usesCloud() ? 84 : 0, offline));
        }
        results.add(result(DemoSlowDevice.ALONE, 28, 28, 0, 0, 0, 0));
        results.add(result(DemoSlowDevice.AUTO, 28, 28, 0, 226, 28, 0));
        return results;
    }

    private static DemoResult result(
            String name, int items, int asReference, int lost, double bytes, int byCloud, int offline) {
        return new DemoResult(
                name,
                "",
                items,
                items - 2,
                asReference,
                lost,
                1,
                1,
                bytes,
                bytes,
                1,
                1,
                1,
                byCloud,
                items - byCloud,
                offline,
                offline,
                0);
    }

    private static List<String> failuresWith(DemoResult changed) {
        List<DemoResult> results = new ArrayList<>(good());
        assertThat(results.removeIf(result -> result.scenario().equals(changed.scenario())))
                .isTrue();
        results.add(changed);
        return DemoCheck.failures(results, CUT);
    }

    @Test
    void failures_allIsWell_none() {
        assertThat(DemoCheck.failures(good(), CUT)).isEmpty();
    }

    @Test
    void failures_slowDeviceNeverUsedTheLink_areSaid() {
        assertThat(failuresWith(result(DemoSlowDevice.AUTO, 28, 28, 0, 0, 0, 0)))
                .hasSize(2)
                .first()
                .asString()
                .contains("answered by the cloud: 0 (expected: 1 or more)");
    }

    @Test
    void failures_slowDevicesAnswerChanged_isSaid() {
        assertThat(failuresWith(result(DemoSlowDevice.AUTO, 28, 27, 0, 226, 28, 0)))
                .singleElement()
                .asString()
                .contains("predictions equal to the reference: 27 (expected: 28)");
        assertThat(failuresWith(result(DemoSlowDevice.AUTO, 28, 28, 1, 226, 28, 0)))
                .singleElement()
                .asString()
                .contains("clips lost: 1 (expected: 0)");
    }

    @Test
    void failures_slowDeviceWithOtherClipsThanItSays_areSaid() {
        assertThat(failuresWith(result(DemoSlowDevice.ALONE, 27, 27, 0, 0, 0, 0)))
                .singleElement()
                .asString()
                .contains("clips: 27 (expected: 28)");
    }

    @Test
    void failures_answerChangedByTheCodec_isSaid() {
        assertThat(failuresWith(result(DemoScenario.atBottleneck(CUT, "bottleneck"), 84, 83, 1, 110, 84, 0)))
                .singleElement()
                .asString()
                .contains("predictions equal to the reference: 83 (expected: 84)");
    }

    @Test
    void failures_codeLongerThanItWasTrainedFor_isSaid() {
        assertThat(failuresWith(result(DemoScenario.atBottleneck(CUT, "bottleneck"), 84, 84, 0, 121, 84, 0)))
                .singleElement()
                .asString()
                .contains("bytes up: 121.0 (expected: at most 120)");
    }
}
