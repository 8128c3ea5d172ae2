package dev.narrows.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.errors.ExecutionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {

    @Test
    void close_amidRuns_letsThemEndAndRefusesTheRest() throws Exception {
        Session session = Session.open(
                "sum",
                new Models()
                        .input("x", Models.FLOAT, -1)
                        .node("Add", List.of("x", "x"), List.of("y"))
                        .output("y", Models.FLOAT, -1)
                        .build(),
                Map.of(),
                SessionOptions.DEFAULT);
        AtomicInteger done = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Callable<String> runUntilRefused = () -> {
                while (true) {
                    try {
                        Tensor x = Tensor.of(new float[] {1, 2}, 2);
                        session.run(Map.of("x", x))
                                .values()
                                .forEach(y -> assertThat(y.toFloats()).containsExactly(2, 4));
                        done.incrementAndGet();
                    } catch (ExecutionException e) {
                        return String.valueOf(e.getMessage());
                    }
                }
            };
            List<Future<String>> refusals = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                refusals.add(threads.submit(runUntilRefused));
            }
            while (done.get() < 200) {
                Thread.onSpinWait();
            }
            session.close();
            session.close();
            for (Future<String> refusal : refusals) {
                assertThat(refusal.get()).isEqualTo("session: closed (expected: open), segment \"sum\"");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void slowdown_ofARun_lastsAtLeastItsFactor() {
        // The first call's own time is not seen from outside; a wait of known start is.
        long start = System.nanoTime() - 2_000_000;
        Slowdown.stretch(start, 3);

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(6_000_000);
    }

    @Test
    void slowdown_ofAnInterruptedThread_endsAtOnceAndKeepsTheInterrupt() {
        Thread.currentThread().interrupt();
        Slowdown.stretch(System.nanoTime() - 1_000_000_000L, 1000);

        assertThat(Thread.interrupted()).isTrue();
    }
}
