package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Link;
import dev.narrows.wire.bundle.Gate;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Preprocessing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final double MS = 1e6;
    private static final CloudTier.Facts FAST_CLOUD =
            new CloudTier.Facts(List.of(0.1 * MS, 0.1 * MS), Link.of(1, 1, Duration.ofMillis(5)));

    /** Cut {@code code} of 4,000 bytes with q8 that always agreed and q2 that agreed on 90 of 100 items. */
    private static Manifest manifest() {
        return manifest(100);
    }

    private static Manifest manifest(int items) {
        TensorSpec spec = new TensorSpec("t", DType.FLOAT32, List.of(-1L, 1000L));
        return new Manifest(
                "m",
                List.of(
                        new Manifest.Cut("input", List.of(spec), 100_000),
                        new Manifest.Cut("code", List.of(spec), 4_000),
                        new Manifest.Cut("output", List.of(spec), 40)),
                List.of(new Manifest.Segment("0.onnx", 0, 0), new Manifest.Segment("1.onnx", 0, 0)),
                List.of(),
                Map.of(
                        "code",
                        List.of(
                                new Manifest.Codec("q8", 600, 1, items, false),
                                new Manifest.Codec("q2", 100, 0.9, items, false))),
                new Preprocessing.Raw(),
                0,
                Map.of());
    }

    private static Plan plan(Planner planner) {
        return planner.plan(List.of(1 * MS, 500 * MS), List.of(), FAST_CLOUD);
    }

    @Test
    void plan_auto_choosesAmongTrustedCodecsOnly() {
        Plan plan = plan(new Planner(manifest(), "auto", "auto", 0.99, true));
        assertThat(plan.cut()).isEqualTo("code");
        assertThat(plan.codec()).isEqualTo("q8");
        assertThat(plan.options()).extracting(Plan.Option::codec).doesNotContain("q2", "fp16");
    }

    @Test
    void plan_autoMeasuredOnTooFewItems_choosesRaw() {
        for (int items : List.of(0, 10)) {
            Plan plan = plan(new Planner(manifest(items), "auto", "auto", 0.99, true));
            assertThat(plan.cut()).isEqualTo("code");
            assertThat(plan.codec()).isEqualTo("raw");
            assertThat(plan.options()).extracting(Plan.Option::codec).containsOnly("raw");
        }
    }

    @Test
    void plan_namedCodecMeasuredOnNoItems_isTaken() {
        assertThat(plan(new Planner(manifest(0), "auto", "q8", 0.99, true)).codec())
                .isEqualTo("q8");
    }

    @Test
    void plan_lessAgreementAllowed_choosesTheSmallerCode() {
        assertThat(plan(new Planner(manifest(), "auto", "auto", 0.9, true)).codec())
                .isEqualTo("q2");
    }

    @Test
    void plan_namedCodec_isTakenHoweverItAgreed() {
        assertThat(plan(new Planner(manifest(), "code", "q2", 0.99, true)).codec())
                .isEqualTo("q2");
        Plan half = plan(new Planner(manifest(), "auto", "fp16", 0.99, true));
        assertThat(half.cut()).isEqualTo("code");
        assertThat(half.codec()).isEqualTo("fp16");
        assertThat(half.chosen().codeBytes()).isEqualTo(2_000);
    }

    @Test
    void plan_afterRealItems_knowsTheirSizes() {
        Planner planner = new Planner(manifest(), "code", "q8", 0.99, true);
        assertThat(plan(planner).chosen().codeBytes()).isEqualTo(600);
        for (int i = 0; i < 16; i++) {
            planner.coded(1, "q8", 3, 3 * 1_000, 3_000_000);
        }
        assertThat(plan(planner).chosen().codeBytes()).isEqualTo((16 * 600 + 48 * 1_000) / 64);
        assertThat(plan(planner).chosen().encode()).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void plan_cloudSaysNoTimes_takesTheDevices() {
        Planner planner = new Planner(manifest(), "code", "raw", 0.99, true);
        Plan plan = planner.plan(
                List.of(1 * MS, 500 * MS),
                List.of(),
                new CloudTier.Facts(List.of(), Link.of(1, 1, Duration.ofMillis(5))));
        assertThat(plan.chosen().server()).isEqualTo(Duration.ofMillis(500));
    }

    /** The same with an exit at the code that answered half of its items. */
    private static Manifest withExit(int items) {
        Manifest plain = manifest();
        return new Manifest(
                plain.name(),
                plain.cuts(),
                plain.segments(),
                plain.sharedWeights(),
                plain.codecs(),
                List.of(new Manifest.Exit(
                        "code", "exits/0.onnx", 1, new Gate.Margin(0.5), 0, 0, items, 0.5, 1, Optional.empty())),
                plain.preprocessing(),
                plain.fixedBatch(),
                plain.record());
    }

    private static double mean(Planner planner) {
        Plan plan = planner.plan(List.of(1 * MS, 500 * MS), List.of(3 * MS), FAST_CLOUD);
        return plan.options().stream()
                .filter(option -> option.cut().equals("output"))
                .findFirst()
                .orElseThrow()
                .mean()
                .toNanos();
    }

    @Test
    void plan_exit_coverageIsThePackersThenTheItems() {
        Planner planner = new Planner(withExit(100), "auto", "q8", 0.99, true);
        assertThat(mean(planner)).isEqualTo((0.5 * 4 + 0.5 * 504) * MS);
        planner.tried(0, 16, 16); // as many items as the packer's count for
        assertThat(mean(planner)).isEqualTo((0.75 * 4 + 0.25 * 504) * MS);
        Planner unmeasured = new Planner(withExit(0), "auto", "q8", 0.99, true);
        assertThat(mean(unmeasured)).isEqualTo(504 * MS);
    }

    @Test
    void plan_exit_autoChoosesNoCutBeforeIt() {
        assertThat(new Planner(withExit(100), "auto", "raw", 0.99, true).codes())
                .extracting(CutChooser.Code::cut)
                .doesNotContain(0);
        assertThat(new Planner(withExit(100), "input", "raw", 0.99, true).codes())
                .extracting(CutChooser.Code::cut)
                .contains(0);
        assertThat(new Planner(withExit(100), "auto", "raw", 0.99, false).codes())
                .extracting(CutChooser.Code::cut)
                .contains(0);
    }

    @Test
    void initial_nothingMeasured_isTheNamedWayOrTheDevice() {
        assertThat(new Planner(manifest(), "code", "q8", 0.99, true).initial())
                .isEqualTo(new Plan("code", "q8", List.of()));
        assertThat(new Planner(manifest(), "auto", "q8", 0.99, true).initial().cut())
                .isEqualTo("output");
        assertThatThrownBy(() -> Planner.onDevice().chosen()).isInstanceOf(InvalidException.class);
    }
}
