package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.InferRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifecycleTest {

    private static final Tensor X = TinyNetwork.x(1, 1);

    @TempDir
    private Path directory;

    private final ExecutorService senders = Executors.newCachedThreadPool();

    @AfterEach
    void stopSenders() {
        senders.shutdownNow();
    }

    @Test
    void start_withWarmUp_isReadyAndIdle() {
        try (TestServer served = TestServer.start(directory, builder -> builder.warmUpRequests(20))) {
            assertThat(served.server.ready()).isTrue();
            assertThat(served.server.underWay()).isZero();
            assertThat(served.rest.infer(Requests.plain("tiny", X)).code()).isEqualTo(200);
        }
    }

    @Test
    void drain_whileServing_isNotReadyAndRefusesButStaysLive() {
        try (TestServer served = TestServer.start(directory)) {
            served.server.drain();

            assertThat(served.server.ready()).isFalse();
            assertThat(served.rest.get("/v2/health/ready").code()).isEqualTo(503);
            assertThat(served.rest.get("/v2/health/live").code()).isEqualTo(200);
            assertThat(served.rest.get("/v2/models/tiny/ready").code()).isEqualTo(503);
            assertThat(served.rest.infer(Requests.plain("tiny", X)).code()).isEqualTo(503);
        }
    }

    /** The slowed-down network works through 150 items one by one, long enough to close the server meanwhile. */
    @Test
    void close_whileRequestsRun_answersThemAll() {
        TinyNetwork.writeBundle(directory.resolve("one.narrows"), "one", 1);
        InferRequest request = Requests.plain("one", TinyNetwork.x(150, 1));
        List<CompletableFuture<RestClient.Answer>> answers = new ArrayList<>();
        try (TestServer served = TestServer.of(
                "", directory, builder -> builder.maxRuns(1).session(SessionOptions.DEFAULT.withSlowdown(30)))) {
            for (int i = 0; i < 3; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> served.rest.infer(request), senders));
            }
            while (served.server.underWay() < 3) {
                Thread.onSpinWait();
            }
            assertThat(answers).noneMatch(CompletableFuture::isDone);
        }

        for (CompletableFuture<RestClient.Answer> answer : answers) {
            assertThat(Requests.output(answer.join().inference(), "y")
                            .sameBits(TinyNetwork.expected("y", TinyNetwork.x(150, 1))))
                    .isTrue();
        }
    }

    @Test
    void infer_queueFull_isUnavailable() {
        TinyNetwork.writeBundle(directory.resolve("one.narrows"), "one", 1);
        InferRequest request = Requests.plain("one", TinyNetwork.x(100, 1));
        try (TestServer served = TestServer.of(
                "",
                directory,
                builder -> builder.maxRuns(1).maxQueued(1).session(SessionOptions.DEFAULT.withSlowdown(30)))) {
            List<CompletableFuture<RestClient.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> served.rest2.infer(request), senders));
            }

            assertThat(answers.stream().map(answer -> answer.join().code()))
                    .contains(200, 503)
                    .containsOnly(200, 503);
        }
    }

    @Test
    void close_twice_isClosed() {
        TestServer served = TestServer.start(directory);
        served.close();
        served.close();
        assertThat(served.server.ready()).isFalse();
    }
}
