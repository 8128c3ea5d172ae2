package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.Tier;
import dev.narrows.wire.WireTensor;
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
