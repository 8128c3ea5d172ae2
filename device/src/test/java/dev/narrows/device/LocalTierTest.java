package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.bundle.Bundle;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTierTest {

    @TempDir
    Path folder;

    private LocalTier open(double slowdown) {
        Path bundle = folder.resolve("drinks.narrows");
        TestBundle.write(bundle, 0, 1);
        return new LocalTier(Bundle.read(bundle).open(SessionOptions.DEFAULT), List.of(), slowdown);
    }

    @Test
    void run_always_remembersTimesForTheTail() {
        try (LocalTier local = open(1)) {
            assertThat(local.tailNanos(0, 1)).isZero();
            Map<String, Tensor> h =
                    local.run(0, 1, Map.of("x", TestBundle.x(1, 1)), 1).outputs();
            assertThat(local.tailNanos(0, 1)).isPositive();
            assertThat(local.tailNanos(1, 1)).isZero();
            local.run(1, 3, h, 1);
            double tail = local.tailNanos(1, 1);
            assertThat(tail).isPositive();
            assertThat(local.tailNanos(1, 10)).as("no batch was seen yet").isEqualTo(10 * tail);
            assertThat(local.tailNanos(0, 1)).isGreaterThan(tail);
            assertThat(local.tailNanos(3, 1)).isZero();
            assertThat(local.medianNanos()).hasSize(3).doesNotContain(0.0);
        }
    }

    @Test
    void warmUp_always_isForgotten() {
        try (LocalTier local = open(1)) {
            local.warmUp(Map.of("x", TestBundle.x(1, 1)));
            assertThat(local.tailNanos(0, 1)).isZero();
        }
    }

    @Test
    void execute_severalWait_takesTheOneDueFirst() throws InterruptedException {
        try (LocalTier local = open(1)) {
            CountDownLatch busy = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(4);
            List<String> order = new CopyOnWriteArrayList<>();
            local.execute(0, () -> awaitQuietly(busy));
            for (String job : List.of("30 a", "10 b", "30 c", "20 d")) {
                local.execute(Long.parseLong(job.substring(0, 2)), () -> {
                    order.add(job);
                    done.countDown();
                });
            }
            busy.countDown();
            done.await();
            assertThat(order).containsExactly("10 b", "20 d", "30 a", "30 c");
        }
    }

    @Test
    void encode_slowdown_isPartOfTheTime() {
        Tensor x = TestBundle.x(1, 1);
        Path bundle = folder.resolve("drinks.narrows");
        try (LocalTier local = open(1000)) {
            Local.Coded coded = local.encode(Bundle.read(bundle).codec("input", "raw"), Map.of("x", x));
            assertThat(coded.tensors()).hasSize(1);
            assertThat(coded.nanos())
                    .as("a thousand times some 100 ns at least")
                    .isGreaterThan(100_000);
        }
    }

    @Test
    void close_always_refusesFurtherJobs() {
        LocalTier local = open(1);
        local.close();
        assertThatThrownBy(() -> local.execute(0, () -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
