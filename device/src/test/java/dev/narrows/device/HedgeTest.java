package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.Tier;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.bundle.Gate;
import dev.narrows.wire.codec.CutCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Segments take 10 ms, coding 1 ms; cut after the first: the tail of 20 ms has 10 ms of margin. */
class HedgeTest {

    private static final long MS = 1_000_000;
    private static final long DEADLINE = 300 * MS;
    private static final long TAIL_STARTS = DEADLINE - (20 + 10) * MS;

    private final FakeTimeline time = new FakeTimeline();
    private final FakeLocal local = new FakeLocal(time);
    private final FakeRemote remote = new FakeRemote();
    private final Recorder sender = new Recorder();
    private Exits exits = Exits.NONE;

    @Test
    void start_cloudAnswersInTime_isTheCloudsAnswer() {
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        time.advance(50 * MS);
        answer(3);
        Outcome ended = outcome.join();
        assertThat(value(ended)).isEqualTo(3);
        assertThat(ended.answeredBy()).isEqualTo(Tier.CLOUD);
        assertThat(ended.why()).isEmpty();
        assertThat(ended.cut()).isEqualTo("middle");
        assertThat(ended.codec()).isEqualTo("raw");
        assertThat(ended.codeBytesUp()).isEqualTo(4);
        assertThat(ended.codeBytesDown()).isEqualTo(4);
        assertThat(ended.wireBytesUp()).isEqualTo(1000);
        assertThat(ended.wireBytesDown()).isEqualTo(100);
        assertThat(ended.timings())
                .isEqualTo(new Timings(
                        Duration.ofMillis(10),
                        Duration.ofMillis(1),
                        Duration.ofMillis(50),
                        Duration.ofMillis(2),
                        Duration.ofMillis(61)));
        assertThat(local.ran).containsExactly("0-1");
        assertThat(sender.log).containsExactly("coded 1 raw 1 4", "answered");
        assertThat(time.waiting()).isZero();
    }

    @Test
    void send_always_givesTheCallTheRestOfTheDeadline() {
        assertThat(handOver(DEADLINE).start()).isNotDone();
        assertThat(remote.calls.get(0).timeoutNanos).isEqualTo(DEADLINE - 11 * MS);
        assertThat(remote.calls.get(0).request.parameters().integer(Parameters.DEADLINE))
                .hasValue(289);
        assertThat(time.untilNext()).isEqualTo(TAIL_STARTS - 11 * MS);
    }

    @Test
    void start_cloudSilent_deviceAnswersBeforeTheDeadlineAndCancels() {
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        time.advance(TAIL_STARTS - 11 * MS - 1);
        assertThat(outcome).isNotDone();
        time.advance(1);
        Outcome ended = outcome.join();
        assertThat(value(ended)).isEqualTo(3);
        assertThat(ended.answeredBy()).isEqualTo(Tier.DEVICE);
        assertThat(ended.why().orElseThrow().reason()).isEqualTo(Reason.LATE);
        assertThat(ended.timings().total()).isEqualTo(Duration.ofMillis(290));
        assertThat(ended.timings().cloudWait()).isEqualTo(Duration.ofMillis(259));
        assertThat(ended.timings().device()).isEqualTo(Duration.ofMillis(30));
        assertThat(remote.calls.get(0).cancelled).isTrue();
        assertThat(local.ran).as("segment by segment while the cloud may win").containsExactly("0-1", "1-2", "2-3");
        assertThat(sender.log).containsExactly("coded 1 raw 1 4", "failed LATE");
    }

    @Test
    void start_cloudAnswersDuringTheTail_cloudWinsAndTheTailStops() {
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        local.afterSegment = () -> answer(3);
        time.advance(TAIL_STARTS);
        Outcome ended = outcome.join();
        assertThat(ended.answeredBy()).isEqualTo(Tier.CLOUD);
        assertThat(ended.why()).isEmpty();
        assertThat(local.ran).containsExactly("0-1", "1-2");
        assertThat(sender.log).containsExactly("coded 1 raw 1 4", "answered");
    }

    @Test
    void start_cloudFails_deviceAnswersAtOnce() {
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        time.advance(3 * MS);
        fail(Reason.REFUSED);
        Outcome ended = outcome.join();
        assertThat(value(ended)).isEqualTo(3);
        assertThat(ended.answeredBy()).isEqualTo(Tier.DEVICE);
        assertThat(ended.why()).contains(new Why(Reason.REFUSED, "said the test"));
        assertThat(ended.timings().total()).isEqualTo(Duration.ofMillis(34));
        assertThat(local.ran).containsExactly("0-1", "1-3");
        assertThat(sender.log).containsExactly("coded 1 raw 1 4", "failed REFUSED");
        assertThat(time.waiting()).isZero();
    }

    @Test
    void start_cloudFailsDuringTheTail_tailGoesOnAndSaysWhy() {
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        local.afterSegment = () -> fail(Reason.UNREACHABLE);
        time.advance(TAIL_STARTS);
        assertThat(outcome.join().why().orElseThrow().reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(value(outcome.join())).isEqualTo(3);
        assertThat(sender.log).containsExactly("coded 1 raw 1 4", "failed UNREACHABLE");
    }

    @Test
    void start_answerDamaged_deviceAnswersAtOnce() {
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        InferRequest request = remote.calls.get(0).request;
        InferResponse sound = response(request, 3);
        InferResponse damaged = new InferResponse(
                sound.model(), "", sound.id(), sound.parameters(), List.of(WireTensor.of("x", scalar(4))));
        remote.calls.get(0).reply().complete(new Remote.Answer(damaged));
        assertThat(value(outcome.join())).isEqualTo(3);
        assertThat(outcome.join().answeredBy()).isEqualTo(Tier.DEVICE);
        assertThat(outcome.join().why().orElseThrow().reason()).isEqualTo(Reason.DAMAGED);
    }

    @Test
    void start_noTimeLeftAfterTheHead_sendsNothing() {
        Outcome ended = handOver(30 * MS).start().join();
        assertThat(value(ended)).isEqualTo(3);
        assertThat(ended.why().orElseThrow().reason()).isEqualTo(Reason.LATE);
        assertThat(remote.calls).isEmpty();
        assertThat(sender.log).as("the link is not to blame").containsExactly("coded 1 raw 1 4");
    }

    @Test
    void start_codecCannotCarry_sendsNothing() {
        local.uncodable = true;
        Outcome ended = handOver(DEADLINE).start().join();
        assertThat(value(ended)).isEqualTo(3);
        assertThat(ended.why()).contains(new Why(Reason.UNCODABLE, "NaN"));
        assertThat(remote.calls).isEmpty();
        assertThat(sender.log).isEmpty();
    }

    @Test
    void start_moreInFlight_keepsTimeForTheirTails() {
        sender.inFlight = 4;
        assertThat(handOver(DEADLINE).start()).isNotDone();
        assertThat(time.untilNext()).isEqualTo(DEADLINE - 11 * MS - (4 * 20 + 20) * MS);
    }

    @Test
    void start_onDevice_runsTheWholeChainOnce() {
        Optional<Why> why = Optional.of(new Why(Reason.PLANNED, "test"));
        Outcome ended = hedge(new Route.OnDevice(why), DEADLINE).start().join();
        assertThat(value(ended)).isEqualTo(3);
        assertThat(ended.why()).isEqualTo(why);
        assertThat(ended.cut()).isEqualTo("output");
        assertThat(local.ran).containsExactly("0-3");
        assertThat(sender.log).isEmpty();
    }

    @Test
    void start_exitIsSure_answersBeforeAnythingIsCoded() {
        exits = new Exits(List.of(exit(0, 1, 0.7)), true);
        Outcome ended = handOver(DEADLINE).start().join();
        assertThat(ended.outputs()).isEmpty();
        EarlyAnswer early = ended.early().get(0);
        assertThat(early.item()).isZero();
        assertThat(early.verdict().index()).isEqualTo(1);
        assertThat(early.timings().device()).isEqualTo(Duration.ofMillis(12));
        assertThat(early.timings().total()).isEqualTo(Duration.ofMillis(12));
        assertThat(local.ran).containsExactly("0-1", "exit 0");
        assertThat(sender.log).containsExactly("tried 0 1 1");
        assertThat(remote.calls).isEmpty();
        assertThat(time.waiting()).isZero();
    }

    @Test
    void start_exitIsNotSure_goesOnAndItsTimeCounts() {
        exits = new Exits(List.of(exit(0, 1, 0.8), exit(1, 2, 0.8)), true);
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        assertThat(local.ran).as("the exit behind the cut is not tried").containsExactly("0-1", "exit 0");
        assertThat(sender.log).containsExactly("tried 0 1 0", "coded 1 raw 1 4");
        assertThat(time.untilNext()).isEqualTo(TAIL_STARTS - 13 * MS);
        time.advance(TAIL_STARTS);
        Outcome ended = outcome.join();
        assertThat(ended.early()).isEmpty();
        assertThat(value(ended)).isEqualTo(3);
        assertThat(ended.why().orElseThrow().reason()).isEqualTo(Reason.LATE);
        assertThat(ended.timings().device()).isEqualTo(Duration.ofMillis(32));
    }

    @Test
    void start_exitLeavesNoTimeForTheCloud_deviceGoesOn() {
        exits = new Exits(List.of(exit(0, 1, 0.8)), true);
        Outcome ended = handOver(42 * MS).start().join(); // 13 ms gone, 30 ms to keep for the tail
        assertThat(ended.why().orElseThrow().reason()).isEqualTo(Reason.LATE);
        assertThat(ended.timings().total()).isEqualTo(Duration.ofMillis(33));
        assertThat(remote.calls).isEmpty();
    }

    @Test
    void start_onDevice_triesEveryExitInOrder() {
        exits = new Exits(List.of(exit(0, 1, 0.8), exit(1, 2, 0.8)), true);
        Outcome ended =
                hedge(new Route.OnDevice(Optional.empty()), DEADLINE).start().join();
        assertThat(local.ran).containsExactly("0-1", "exit 0", "1-2", "exit 1");
        assertThat(ended.early().get(0).exit().index()).isEqualTo(1);
    }

    @Test
    void start_batch_sendsOnlyTheItemsLeft() {
        exits = new Exits(List.of(exit(0, 1, 0.85)), true); // 1 more than 1 is enough, 0 is not
        CompletableFuture<Outcome> outcome = batch(1, 0, 2).start();
        assertThat(sender.log).containsExactly("tried 0 3 2", "coded 1 raw 1 4");
        answer(7);
        Outcome ended = outcome.join();
        assertThat(ended.early()).extracting(EarlyAnswer::item).containsExactly(0L, 2L);
        assertThat(ended.answeredBy()).isEqualTo(Tier.CLOUD);
        assertThat(value(ended)).isEqualTo(7);
    }

    @Test
    void start_batchThatCannotBeDivided_staysWhole() {
        exits = new Exits(List.of(exit(0, 1, 0.85)), false);
        assertThat(batch(1, 0, 2).start()).isNotDone();
        assertThat(sender.log).containsExactly("tried 0 3 0", "coded 1 raw 3 12");
        assertThat(batch(1, 1, 2).start().join().early()).hasSize(3);
    }

    @Test
    void start_exitFails_reachesTheCaller() {
        exits = new Exits(List.of(new ExitPoint(0, 1, "middle", List.of(), 1, new Gate.Margin(0), 5)), true);
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        assertThatThrownBy(outcome::join)
                .hasCauseInstanceOf(IncompatibleException.class)
                .hasMessageContaining("logits: FLOAT32[1, 2] (expected: (1, 5)), exit at cut \"middle\"");
    }

    private Hedge batch(float... values) {
        Tensor x = Tensor.of(values, values.length, 1);
        Route route = new Route.HandOver(1, "middle", new CutCodec("raw", List.of()));
        return new Hedge(local, sender, exits, time, route, Map.of("x", x), values.length, DEADLINE);
    }

    private static ExitPoint exit(int index, int cut, double threshold) {
        TensorSpec x = new TensorSpec("x", DType.FLOAT32, List.of(-1L, 1L));
        return new ExitPoint(index, cut, "cut" + cut, List.of(x), 1, new Gate.MaxProbability(threshold), 0);
    }

    @Test
    void start_headFails_reachesTheCaller() {
        local.failsAtSegment = 0;
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        assertThatThrownBy(outcome::join).hasCauseInstanceOf(ExecutionException.class);
    }

    @Test
    void start_tailFailsButCloudAnswers_isTheCloudsAnswer() {
        local.failsAtSegment = 2;
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        time.advance(TAIL_STARTS);
        assertThat(outcome).isNotDone();
        answer(3);
        assertThat(outcome.join().answeredBy()).isEqualTo(Tier.CLOUD);
    }

    @Test
    void start_tailAndCloudFail_reachesTheCallerWithBothCauses() {
        local.failsAtSegment = 2;
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        time.advance(TAIL_STARTS);
        fail(Reason.UNREACHABLE);
        assertThatThrownBy(outcome::join)
                .hasCauseInstanceOf(ExecutionException.class)
                .cause()
                .hasSuppressedException(new UnavailableException("said the test"));
    }

    @Test
    void cancel_whileWaiting_cancelsTheCallAndRunsNoTail() {
        CompletableFuture<Outcome> outcome = handOver(DEADLINE).start();
        assertThat(outcome.cancel(false)).isTrue();
        time.advance(2 * DEADLINE);
        assertThat(remote.calls.get(0).cancelled).isTrue();
        assertThat(local.ran).containsExactly("0-1");
    }

    @Test
    void fail_whileWaiting_endsTheRunWithThatError() {
        Hedge hedge = handOver(DEADLINE);
        CompletableFuture<Outcome> outcome = hedge.start();
        hedge.fail(new UnavailableException("closed"));
        assertThatThrownBy(outcome::join).hasCauseInstanceOf(UnavailableException.class);
        assertThat(remote.calls.get(0).cancelled).isTrue();
    }

    private Hedge handOver(long deadline) {
        return hedge(new Route.HandOver(1, "middle", new CutCodec("raw", List.of())), deadline);
    }

    private Hedge hedge(Route route, long deadline) {
        return new Hedge(local, sender, exits, time, route, Map.of("x", scalar(0)), 1, deadline);
    }

    private void answer(float value) {
        FakeRemote.Call call = remote.calls.get(0);
        call.reply().complete(new Remote.Answer(response(call.request, value)));
    }

    private void fail(Reason reason) {
        remote.calls.get(0).reply().complete(new Remote.Failure(reason, new UnavailableException("said the test")));
    }

    private static InferResponse response(InferRequest request, float value) {
        return Checksum.sign(new InferResponse(
                request.model(),
                "",
                request.id(),
                Parameters.NONE.with(Parameters.SERVER_MICROS, 2_000L),
                List.of(WireTensor.of("x", scalar(value)))));
    }

    private static Tensor scalar(float value) {
        return Tensor.of(new float[] {value}, 1, 1);
    }

    private static float value(Outcome outcome) {
        return Objects.requireNonNull(outcome.outputs().get("x")).toFloats()[0];
    }

    /** Sends to the fake server and writes down what it is told. */
    private final class Recorder extends FakeSender {

        private final List<String> log = new ArrayList<>();
        private int inFlight = 1;

        Recorder() {
            super(remote);
        }

        @Override
        public void answered() {
            log.add("answered");
        }

        @Override
        public void failed(Remote.Failure failure) {
            log.add("failed " + failure.reason());
        }

        @Override
        public void coded(int cut, String codec, long items, long bytes, long nanos) {
            log.add("coded " + cut + " " + codec + " " + items + " " + bytes);
        }

        @Override
        public void tried(int exit, long items, long answered) {
            log.add("tried " + exit + " " + items + " " + answered);
        }

        @Override
        public int inFlight() {
            return inFlight;
        }
    }
}
