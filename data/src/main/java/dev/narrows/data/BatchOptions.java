package dev.narrows.data;

import dev.narrows.augment.Augmentation;
import dev.narrows.errors.InvalidException;

/**
 * How items become batches.
 *
 * @param size items in a batch
 * @param seed of the order and of the augmentation
 * @param shuffle whether each epoch has a random order of its own
 * @param dropLast whether a last batch of fewer items is left out
 * @param augmentation what may happen to each item
 * @param workers threads that decode ahead; with 0 the caller's thread decodes. Never changes a value
 */
public record BatchOptions(
        int size, long seed, boolean shuffle, boolean dropLast, Augmentation augmentation, int workers) {

    /** 64 items in the data set's order, as they are, decoded by the caller. */
    public static final BatchOptions DEFAULT = new BatchOptions(64, 0, false, false, Augmentation.NONE, 0);

    /** More would only hold memory. */
    static final int MAX_WORKERS = 256;

    public BatchOptions {
        if (size < 1) {
            throw new InvalidException("batch size: " + size + " (expected: 1 or more)");
        }
        if (workers < 0 || workers > MAX_WORKERS) {
            throw new InvalidException("workers: " + workers + " (expected: 0 to " + MAX_WORKERS + ")");
        }
    }

    public BatchOptions withSize(int items) {
        return new BatchOptions(items, seed, shuffle, dropLast, augmentation, workers);
    }

    public BatchOptions withSeed(long newSeed) {
        return new BatchOptions(size, newSeed, shuffle, dropLast, augmentation, workers);
    }

    public BatchOptions withShuffle(boolean shuffled) {
        return new BatchOptions(size, seed, shuffled, dropLast, augmentation, workers);
    }

    public BatchOptions withDropLast(boolean dropped) {
        return new BatchOptions(size, seed, shuffle, dropped, augmentation, workers);
    }

    public BatchOptions withAugmentation(Augmentation what) {
        return new BatchOptions(size, seed, shuffle, dropLast, what, workers);
    }

    public BatchOptions withWorkers(int threads) {
        return new BatchOptions(size, seed, shuffle, dropLast, augmentation, threads);
    }

    /** The batches of an epoch over {@code items} items. */
    public int batches(int items) {
        return items / size + (dropLast || items % size == 0 ? 0 : 1);
    }
}
