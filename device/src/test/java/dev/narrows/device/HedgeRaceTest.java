package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.Tier;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.codec.CutCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever the cloud does and whenever, there is one answer, it is right, and it is in time. */
class HedgeRaceTest {

    private static final long MS = 1_000_000;

    private enum Cloud {
        ANSWERS,
        ANSWERS_DAMAGED,
        REFUSES,
        IS_SILENT
    }

    @Property(seed = "11", tries = 2000)
    void start_anyCloudAtAnyTime_isRightAndInTime(
            @ForAll Cloud cloud,
            @ForAll @IntRange(min = 0, max = 600) int replyAfterMillis,
            @ForAll @IntRange(min = 0, max = 2) int cut,
            @ForAll @IntRange(min = 1, max = 500) int deadlineMillis) {
        FakeTimeline time = new FakeTimeline();
        FakeLocal local = new FakeLocal(time);
        FakeRemote remote = new FakeRemote();
        CutCodec raw = new CutCodec("raw", List.of());
        CompletableFuture<Outcome> outcome = new Hedge(
                        local,
                        new FakeSender(remote),
                        Exits.NONE,
                        time,
                        new Route.HandOver(cut, "cut", raw),
                        Map.of("x", scalar(0)),
                        1,
                        deadlineMillis * MS)
                .start();
        if (!remote.calls.isEmpty() && cloud != Cloud.IS_SILENT) {
            time.schedule(replyAfterMillis * MS, () -> reply(remote.calls.get(0), cloud));
        }
        time.advance(1_000 * MS);

        assertThat(outcome).isCompleted();
        Outcome ended = outcome.join();
        assertThat(Objects.requireNonNull(ended.outputs().get("x")).toFloats()).containsExactly(3);
        assertThat(ended.answeredBy() == Tier.CLOUD).isEqualTo(ended.why().isEmpty());
        long possible = 3 * FakeLocal.SEGMENT_NANOS + FakeLocal.ENCODE_NANOS;
        assertThat(ended.timings().total())
                .isLessThanOrEqualTo(Duration.ofNanos(Math.max(deadlineMillis * MS, possible)));
        assertThat(time.waiting()).as("timers left").isZero();
        if (!remote.calls.isEmpty()) {
            assertThat(remote.calls.get(0).reply()).as("no call is left open").isCompleted();
        }
    }

    private static void reply(FakeRemote.Call call, Cloud cloud) {
        WireTensor x = WireTensor.of("x", scalar(3));
        InferResponse sound = Checksum.sign(new InferResponse("m", "", call.request.id(), Parameters.NONE, List.of(x)));
        WireTensor other = WireTensor.of("x", scalar(4));
        Remote.Reply reply = switch (cloud) {
            case ANSWERS -> new Remote.Answer(sound);
            case ANSWERS_DAMAGED ->
                new Remote.Answer(new InferResponse("m", "", sound.id(), sound.parameters(), List.of(other)));
            default -> new Remote.Failure(Reason.REFUSED, new UnavailableException("no"));
        };
        call.reply().complete(reply);
    }

    private static Tensor scalar(float value) {
        return Tensor.of(new float[] {value}, 1, 1);
    }
}
