package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.augment.Augmentation;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BatchesTest {

    /** Noise on each value: two runs agree only if each item had the same generator. */
    private static final Augmentation NOISE = (values, shape, random) -> {
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) random.nextGaussian();
        }
        return values;
    };

    @Test
    void next_inOrder_stacksValuesAndLabels() {
        try (Batches batches = Batches.open(data(5), options(2), 0)) {
            assertThat(batches.count()).isEqualTo(3);
            batches.next();
            Batch batch = batches.next();

            assertThat(batch.size()).isEqualTo(2);
            assertThat(batch.indices()).containsExactly(2, 3);
            assertThat(batch.values().shape()).containsExactly(2, 1, 3);
            assertThat(batch.values().bytes().isDirect()).isTrue();
            assertThat(batch.values().toFloats()).containsExactly(6, 7, 8, 9, 10, 11);
            assertThat(batch.labels()).hasSize(1);
            assertThat(batch.labels().get(0)).containsExactly(2, 0);
            assertThat(batches.next().size()).isEqualTo(1);
            assertThat(batches.hasNext()).isFalse();
            assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void next_dropLast_leavesTheRestOut() {
        try (Batches batches = Batches.open(data(5), options(2).withDropLast(true), 0)) {
            assertThat(all(batches)).hasSize(2);
        }
    }

    @Test
    void next_noItems_hasNone() {
        try (Batches batches = Batches.open(data(0), options(2).withWorkers(2), 0)) {
            assertThat(batches.hasNext()).isFalse();
        }
    }

    @Property(tries = 40, seed = "1")
    void next_shuffled_givesEachItemOnceInAnOrderOfSeedAndEpoch(
            @ForAll @IntRange(min = 20, max = 200) int items,
            @ForAll @IntRange(min = 1, max = 50) int size,
            @ForAll long seed) {
        BatchOptions options = options(size).withShuffle(true).withSeed(seed);

        List<Integer> first = order(data(items), options, 0);

        assertThat(first).doesNotHaveDuplicates().hasSize(items);
        assertThat(order(data(items), options, 0)).isEqualTo(first);
        assertThat(order(data(items), options, 1)).isNotEqualTo(first);
        assertThat(order(data(items), options.withSeed(seed + 1), 0)).isNotEqualTo(first);
    }

    @Property(tries = 40, seed = "2")
    void next_anyWorkers_givesTheSameBits(
            @ForAll @IntRange(min = 1, max = 200) int items,
            @ForAll @IntRange(min = 1, max = 40) int size,
            @ForAll long seed) {
        BatchOptions options = options(size).withShuffle(true).withSeed(seed).withAugmentation(NOISE);
        List<Batch> expected = epoch(data(items), options, 3, 0);

        for (int workers = 1; workers <= 2; workers++) {
            assertSame(epoch(data(items), options.withWorkers(workers), 3, 0), expected);
        }
    }

    @Property(tries = 40, seed = "3")
    void next_fromABatchOn_equalsTheUninterruptedEpoch(
            @ForAll @IntRange(min = 1, max = 100) int items,
            @ForAll @IntRange(min = 1, max = 20) int size,
            @ForAll @IntRange(max = 100) int share,
            @ForAll @IntRange(max = 2) int workers) {
        BatchOptions options =
                options(size).withShuffle(true).withAugmentation(NOISE).withWorkers(workers);
        int from = options.batches(items) * share / 100;

        List<Batch> resumed = epoch(data(items), options, 1, from);

        List<Batch> whole = epoch(data(items), options, 1, 0);
        assertSame(resumed, whole.subList(from, whole.size()));
    }

    @Test
    void next_augmentedItem_dependsOnItsPlaceAndEpochOnly() {
        BatchOptions options = options(7).withAugmentation(NOISE);
        float[] alone =
                epoch(data(30), options.withSize(1), 2, 0).get(20).values().toFloats();

        float[] within =
                epoch(data(30), options, 2, 0).get(2).values().slice(6, 7).toFloats();
        float[] later =
                epoch(data(30), options, 3, 0).get(2).values().slice(6, 7).toFloats();

        assertThat(within).isEqualTo(alone).isNotEqualTo(later);
    }

    @Test
    void next_itemThatCannotBeRead_throwsOnceWithTheCause() {
        for (int workers = 0; workers <= 2; workers++) {
            MalformedException cause = new MalformedException("image: damaged");
            AtomicInteger thrown = new AtomicInteger();
            Dataset broken = new Failing(data(100), 41, () -> {
                thrown.incrementAndGet();
                throw cause;
            });
            try (Batches batches = Batches.open(broken, options(10).withWorkers(workers), 5)) {
                for (int i = 0; i < 4; i++) {
                    batches.next();
                }
                assertThatThrownBy(batches::next)
                        .isInstanceOf(ExecutionException.class)
                        .hasMessage("image: damaged, item 41, batch 4 of epoch 5")
                        .hasCause(cause);
                assertThat(batches.hasNext()).isFalse();
                assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
            }
            assertThat(thrown).hasValue(1);
            assertThat(workersAlive()).isZero();
        }
    }

    @Test
    void next_errorInAWorker_reachesTheCaller() {
        StackOverflowError cause = new StackOverflowError("deep");
        Dataset broken = new Failing(data(10), 0, () -> {
            throw cause;
        });
        try (Batches batches = Batches.open(broken, options(10).withWorkers(1), 0)) {
            assertThatThrownBy(batches::next)
                    .isInstanceOf(ExecutionException.class)
                    .hasCause(cause);
        }
    }

    @Test
    void next_augmentationOfOtherLength_isRefused() {
        try (Batches batches =
                Batches.open(data(3), options(3).withAugmentation((values, shape, random) -> new float[5]), 0)) {
            assertThatThrownBy(batches::next).hasMessageContaining("values: 5 (expected: 3");
        }
    }

    @Test
    void close_early_stopsAndJoinsTheWorkers() {
        Batches batches = Batches.open(data(10_000), options(3).withWorkers(2), 0);
        batches.next();

        batches.close();
        batches.close();

        assertThat(workersAlive()).isZero();
        assertThat(batches.hasNext()).isFalse();
        assertThatThrownBy(batches::next)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void next_interrupted_throwsAndKeepsTheFlag() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        Dataset slow = new Failing(data(10), 0, () -> awaitQuietly(release));
        List<Throwable> seen = new ArrayList<>();
        AtomicInteger flagged = new AtomicInteger();
        Thread caller = new Thread(() -> {
            try (Batches batches = Batches.open(slow, options(10).withWorkers(1), 0)) {
                Thread.currentThread().interrupt();
                release.countDown();
                batches.next();
            } catch (ExecutionException e) {
                seen.add(e);
            }
            flagged.set(Thread.currentThread().isInterrupted() ? 1 : 0);
        });
        caller.start();
        caller.join();

        // The batch may have been ready before the caller looked; then nothing is thrown.
        seen.forEach(e -> assertThat(e).hasCauseInstanceOf(InterruptedException.class));
        assertThat(flagged).hasValue(1);
        assertThat(workersAlive()).isZero();
    }

    @Test
    void work_ahead_isBounded() {
        AtomicInteger read = new AtomicInteger();
        Dataset counted = new Failing(data(1000), -1, () -> {}) {
            @Override
            public void values(int index, float[] into) {
                read.incrementAndGet();
                super.values(index, into);
            }
        };
        try (Batches batches = Batches.open(counted, options(1).withWorkers(2), 0)) {
            for (int i = 0; i < 100; i++) {
                batches.next();
            }
        }
        assertThat(read.get()).isBetween(100, 104);
    }

    @Test
    void open_outOfRange_isInvalid() {
        assertThatThrownBy(() -> Batches.open(data(10), options(5), 0, 3))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("first batch: 3 (expected: 0 to 2)");
        assertThatThrownBy(() -> Batches.open(data(10), options(5), -1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("epoch: -1");
        assertThatThrownBy(() -> options(0)).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> options(1).withWorkers(-1)).isInstanceOf(InvalidException.class);
    }

    /** Another data set that does something before it gives one of its items. */
    private static class Failing extends Derived {

        private final int item;
        private final Runnable before;

        Failing(Dataset whole, int item, Runnable before) {
            super(whole);
            this.item = item;
            this.before = before;
        }

        @Override
        public float[] values(int index) {
            if (index == item) {
                before.run();
            }
            return original.values(index);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long workersAlive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("narrows-data-"))
                .count();
    }

    private static BatchOptions options(int size) {
        return BatchOptions.DEFAULT.withSize(size);
    }

    /** Items of shape (1, 3) whose values count on; classes 0, 1, 2 take turns. */
    static Dataset data(int items) {
        float[] values = new float[3 * items];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        int[] of = IntStream.range(0, items).map(i -> i % 3).toArray();
        return InMemory.of(
                new Kind.Values(),
                items == 0 ? Tensor.zeros(DType.FLOAT32, 0, 1, 3) : Tensor.of(values, items, 1, 3),
                List.of(new Labels("label", List.of("a", "b", "c"), of)),
                List.of());
    }

    private static List<Batch> epoch(Dataset data, BatchOptions options, int epoch, int from) {
        try (Batches batches = Batches.open(data, options, epoch, from)) {
            return all(batches);
        }
    }

    private static List<Batch> all(Batches batches) {
        List<Batch> all = new ArrayList<>();
        batches.forEachRemaining(all::add);
        return all;
    }

    private static List<Integer> order(Dataset data, BatchOptions options, int epoch) {
        return epoch(data, options, epoch, 0).stream()
                .flatMap(batch -> Arrays.stream(batch.indices()).boxed())
                .toList();
    }

    private static void assertSame(List<Batch> actual, List<Batch> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).indices()).isEqualTo(expected.get(i).indices());
            assertThat(actual.get(i).labels().get(0))
                    .isEqualTo(expected.get(i).labels().get(0));
            assertThat(actual.get(i).values().sameBits(expected.get(i).values()))
                    .isTrue();
        }
    }
}
