package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloudTierTest {

    private static final String HASH = "abcdef0123456789";
    private static final long MS = 1_000_000;

    private final FakeTimeline time = new FakeTimeline();
    private final FakeRemote remote = new FakeRemote();
    private final Messages messages = new Messages("m", HASH, List.of());
    private final List<CloudTier.Facts> facts = new ArrayList<>();
    private final List<NarrowsException> errors = new ArrayList<>();
    private Runnable trial = () -> {};
    private final CloudTier cloud = new CloudTier(
            remote,
            messages,
            time,
            Runnable::run,
            false,
            () -> messages.request("input", "raw", List.of(), 0),
            facts::add,
            () -> trial.run(),
            errors::add);

    @Test
    void start_serverThere_closesTheCircuitWithWhatWasMeasured() {
        remote.metadata = () -> FakeRemote.bundle(HASH, "1000,250.5");
        remote.probe = (up, down) -> 60 * MS + up * 8_000L / 8 + down * 8_000L / 80;
        assertThat(cloud.start()).isCompletedWithValue(true);
        assertThat(cloud.blocked()).isEmpty();
        assertThat(facts.get(0).segmentNanos()).containsExactly(1e6, 250_500.0);
        assertThat(facts.get(0).link().upMbps()).isBetween(7.9, 8.1);
        assertThat(errors).isEmpty();
    }

    @Test
    void start_serverNotThere_probesWithGrowingPausesUntilItIs() {
        assertThat(cloud.start()).isCompletedWithValue(false);
        assertThat(cloud.blocked().orElseThrow().reason()).isEqualTo(Reason.UNREACHABLE);
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            pauses.add(time.untilNext() / MS);
            time.advance(time.untilNext());
        }
        assertThat(pauses).containsExactly(250L, 500L, 1000L, 2000L, 4000L, 8000L, 8000L);
        assertThat(errors).hasSize(8);
        remote.metadata = () -> FakeRemote.bundle(HASH, "");
        time.advance(8000 * MS);
        assertThat(cloud.blocked()).isEmpty();
        assertThat(time.waiting()).isZero();
        assertThat(remote.reconnects).isEqualTo(9);
    }

    @Test
    void failed_circuitClosed_opensItAndPlansOneProbe() {
        remote.metadata = () -> FakeRemote.bundle(HASH, "");
        assertThat(cloud.start()).isCompletedWithValue(true);
        Remote.Failure late = new Remote.Failure(Reason.LATE, new UnavailableException("late"));
        cloud.failed(late);
        cloud.failed(late);
        assertThat(cloud.blocked()).contains(new Why(Reason.LATE, "late"));
        assertThat(time.waiting()).isEqualTo(1);
        time.advance(250 * MS);
        assertThat(cloud.blocked()).isEmpty();
        assertThat(errors).hasSize(2);
        assertThat(facts).as("nothing to choose: measured once").hasSize(1);
    }

    @Test
    void start_anotherBundle_staysOpenUntilTheServerHasOurs() {
        remote.metadata = () -> FakeRemote.bundle("0000", "");
        assertThat(cloud.start()).isCompletedWithValue(false);
        assertThat(cloud.blocked().orElseThrow().reason()).isEqualTo(Reason.MISMATCH);
        assertThat(cloud.blocked().orElseThrow().detail()).contains("0000").contains(HASH);
        remote.metadata = () -> FakeRemote.bundle(HASH, "");
        time.advance(250 * MS);
        assertThat(cloud.blocked()).isEmpty();
    }

    @Test
    void start_serverWithoutProbe_measuresByAnItem() {
        remote.metadata = () -> {
            time.pass(60 * MS);
            return FakeRemote.bundle(HASH, "");
        };
        remote.probe = (up, down) -> {
            throw new UnsupportedException("HTTP 404");
        };
        remote.onInfer = call -> {
            time.pass(72 * MS); // 60 of round trip, 1 of server, 11 for 1100 bytes: 0.8 Mbit/s
            Parameters parameters = Parameters.NONE.with(Parameters.SERVER_MICROS, 1000L);
            InferResponse response = new InferResponse("m", "", call.request.id(), parameters, List.of());
            call.reply().complete(new Remote.Answer(Checksum.sign(response)));
        };
        assertThat(cloud.start()).isCompletedWithValue(true);
        assertThat(facts.get(0).link().roundTrip()).isEqualTo(Duration.ofMillis(60));
        assertThat(facts.get(0).link().upMbps()).isEqualTo(0.8);
    }

    @Test
    void start_segmentTimesUnreadable_isDamaged() {
        remote.metadata = () -> FakeRemote.bundle(HASH, "fast,faster");
        assertThat(cloud.start()).isCompletedWithValue(false);
        assertThat(cloud.blocked().orElseThrow().reason()).isEqualTo(Reason.DAMAGED);
    }

    @Test
    void start_itemsRefused_staysOpenUntilTheyAreNot() {
        remote.metadata = () -> FakeRemote.bundle(HASH, "");
        trial = () -> {
            throw new InvalidException("draining");
        };
        assertThat(cloud.start()).isCompletedWithValue(false);
        assertThat(cloud.blocked()).contains(new Why(Reason.REFUSED, "draining"));
        trial = () -> {};
        time.advance(250 * MS);
        assertThat(cloud.blocked()).isEmpty();
    }

    @Test
    void close_probePlanned_probesNoMore() {
        assertThat(cloud.start()).isCompletedWithValue(false);
        cloud.close();
        time.advance(60_000 * MS);
        assertThat(remote.metadataCalls).isEqualTo(1);
    }
}
