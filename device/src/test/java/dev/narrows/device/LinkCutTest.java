package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.cloud.CloudServer;
import dev.narrows.emulator.LinkEmulator;
import dev.narrows.engine.Chain;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.Link;
import dev.narrows.wire.Tier;
import dev.narrows.wire.bundle.Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The link is cut at a random moment of a prediction, again and again. {@code benchmarks} has the long run. */
class LinkCutTest {

    private static final int CUTS = 20;

    @TempDir
    Path folder;

    @Test
    void predict_linkCutAtARandomMoment_isAlwaysTheRightAnswer() {
        Path bundle = folder.resolve("drinks.narrows");
        TestBundle.write(bundle, 0, 1);
        Random random = new Random(20);
        Map<Tier, Integer> answers = new EnumMap<>(Tier.class);
        try (CloudServer server = CloudServer.builder(bundle)
                        .host("127.0.0.1")
                        .port(0)
                        .warmUpRequests(0)
                        .drainTime(Duration.ZERO)
                        .start();
                LinkEmulator link = LinkEmulator.start(
                        Link.of(50, 50, Duration.ofMillis(4)),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                        1);
                Chain own = Bundle.read(bundle).open(SessionOptions.DEFAULT);
                HybridModel model = HybridModel.builder(bundle)
                        .cloud(URI.create("http://127.0.0.1:" + link.port()))
                        .cut("h")
                        .codec("raw")
                        .deadline(Duration.ofMillis(100))
                        .timeline(new HurriedProbes())
                        .open()) {
            for (int i = 0; i < CUTS; i++) {
                Tensor x = TestBundle.x(1, i);
                awaitCircuitClosed(model);
                CompletableFuture<Prediction> prediction = model.predictAsync(x);
                LockSupport.parkNanos(random.nextInt(8_000_000));
                if (random.nextBoolean()) {
                    link.cut();
                } else {
                    link.sever();
                }
                Prediction answer = prediction.join();
                link.restore();
                assertThat(answer.output("y")
                                .sameBits(Objects.requireNonNull(
                                        own.run(0, 3, Map.of("x", x)).outputs().get("y"))))
                        .as("prediction %s", i)
                        .isTrue();
                assertThat(answer.why().isPresent()).isEqualTo(answer.answeredBy() == Tier.DEVICE);
                answers.merge(answer.answeredBy(), 1, Integer::sum);
            }
            awaitCircuitClosed(model);
            assertThat(model.predict(TestBundle.x(1, 99)).outputs()).isNotEmpty();
        }
        assertThat(answers).as("some cuts come too late, most do not").containsKey(Tier.DEVICE);
    }

    private static void awaitCircuitClosed(HybridModel model) {
        while (model.blocked().isPresent()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** The machine's time, but probes, the only things that wait 250 ms or more, come after 2 ms. */
    private static final class HurriedProbes implements Timeline {

        private final SystemTimeline system = new SystemTimeline();

        @Override
        public long nanoTime() {
            return system.nanoTime();
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            return system.schedule(delayNanos >= Breaker.FIRST_PAUSE_NANOS ? 2_000_000 : delayNanos, task);
        }

        @Override
        public void close() {
            system.close();
        }
    }
}
