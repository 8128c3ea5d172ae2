package dev.narrows.data;

import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one epoch, in order. The items' order follows from seed and epoch, what an augmentation does to an item
 * from seed, epoch and the item's place: the same options give the same bits whatever the number of workers and wherever
 * the epoch is entered. For one thread; close it, as it owns its workers.
 */
public final class Batches implements Iterator<Batch>, AutoCloseable {

    /* design
     * 1. Batches are claimed in order by workers and given out in order. Batch b lives in slot b mod slots.
     * 2. A worker claims b only if b < given + slots: no slot is overwritten, and memory is bounded.
     * 3. A worker that fails leaves the failure in the slot; it is thrown when its batch's turn comes, so the same one
     *    is thrown whatever the number of workers.
     * 4. All fields below `lock` are read and written under it. Workers decode outside of it.
     */

    /** Batches that may wait beyond those that workers are at. */
    private static final int WAITING = 2;

    /** What became of a batch. */
    private sealed interface Outcome {}

    private record Decoded(Batch batch) implements Outcome {}

    private record Failed(Throwable cause) implements Outcome {}

    private final EpochPlan plan;
    private final int count;
    private final List<Thread> workers = new ArrayList<>();
    private final float[] scratch;

    private final Object lock = new Object();
    private final @Nullable Outcome[] slots;
    private int claimed;
    private int given;
    private volatile boolean closed;

    private Batches(EpochPlan plan, int workers, int from) {
        this.plan = plan;
        this.count = plan.batches();
        this.claimed = from;
        this.given = from;
        this.scratch = plan.scratch();
        this.slots = new Outcome[workers + WAITING];
        for (int i = 0; i < Math.min(workers, count - from); i++) {
            Thread worker = new Thread(this::work, "narrows-data-" + i);
            worker.setDaemon(true);
            this.workers.add(worker);
        }
        this.workers.forEach(Thread::start);
    }

    /** An epoch from its start. */
    public static Batches open(Dataset data, BatchOptions options, int epoch) {
        return open(data, options, epoch, 0);
    }

    /**
     * An epoch from one of its batches on, to go on where another run ended.
     *
     * @param epoch 0 or more; says which random order and augmentation
     * @param from the first batch, 0 to the number of batches
     */
    public static Batches open(Dataset data, BatchOptions options, int epoch, int from) {
        if (epoch < 0) {
            throw new InvalidException("epoch: " + epoch + " (expected: 0 or more)");
        }
        int batches = options.batches(data.size());
        if (from < 0 || from > batches) {
            throw new InvalidException("first batch: " + from + " (expected: 0 to " + batches + ")");
        }
        return new Batches(new EpochPlan(data, options, epoch), options.workers(), from);
    }

    /** The batches of the whole epoch. */
    public int count() {
        return count;
    }

    /** The number of the batch that comes next, as {@link #open} takes it. */
    public int position() {
        synchronized (lock) {
            return given;
        }
    }

    /** Whether there is another batch; never after closing or a failure. */
    @Override
    public boolean hasNext() {
        return !closed && position() < count;
    }

    /**
     * The next batch.
     *
     * @throws ExecutionException if an item cannot be read or disturbed; the cause says why. The batches are then closed
     */
    @Override
    public Batch next() {
        if (!hasNext()) {
            throw new NoSuchElementException("batch " + position() + " of " + count + (closed ? " (closed)" : ""));
        }
        boolean done = false;
        try {
            Batch batch = workers.isEmpty() ? plan.batch(position(), scratch, () -> false) : await();
            synchronized (lock) {
                given++;
                lock.notifyAll();
            }
            done = true;
            return batch;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private Batch await() {
        Outcome outcome = take();
        if (outcome instanceof Decoded decoded) {
            return decoded.batch();
        }
        Throwable cause = ((Failed) outcome).cause();
        if (cause instanceof ExecutionException failure) {
            throw failure;
        }
        throw new ExecutionException(cause + ", batch " + position(), cause);
    }

    private Outcome take() {
        synchronized (lock) {
            int slot = given % slots.length;
            try {
                Outcome outcome = slots[slot];
                while (outcome == null) {
                    lock.wait();
                    outcome = slots[slot];
                }
                slots[slot] = null;
                return outcome;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ExecutionException("batch " + given + ": interrupted while waiting for it", e);
            }
        }
    }

    private void work() {
        float[] own = plan.scratch();
        while (true) {
            int number = claim();
            if (number < 0) {
                return;
            }
            Outcome outcome;
            try {
                outcome = new Decoded(plan.batch(number, own, () -> closed));
            } catch (Throwable e) { // errors too: they are the caller's to know
                outcome = new Failed(e);
            }
            synchronized (lock) {
                slots[number % slots.length] = outcome;
                lock.notifyAll();
            }
        }
    }

    /** The number of a batch to decode, once there is room for it; -1 if there is none. */
    private int claim() {
        synchronized (lock) {
            while (!closed && claimed < count && claimed >= given + slots.length) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // Nobody but the process's end interrupts these threads; the caller waits for what they claimed.
                    Thread.currentThread().interrupt();
                    return -1;
                }
            }
            return closed || claimed >= count ? -1 : claimed++;
        }
    }

    /** Stops the workers and waits until the item that each is at is done. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            Arrays.fill(slots, null);
            lock.notifyAll();
        }
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
