package dev.narrows.train;

import dev.narrows.data.Batch;
import dev.narrows.data.BatchOptions;
import dev.narrows.data.Batches;
import dev.narrows.data.Dataset;
import dev.narrows.data.Labels;
import dev.narrows.gradient.Torch;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Counts right answers. */
final class Accuracy {

    /** Items that are evaluated at once. */
    static final int BATCH = 250;

    private long right;
    private long known;

    /** Goes over a data set in its order, with no gradient. */
    static void overAll(Dataset data, BiConsumer<Tensor, Batch> use) {
        BatchOptions order = BatchOptions.DEFAULT.withSize(BATCH);
        try (Batches batches = Batches.open(data, order, 0);
                NoGradGuard guard = new NoGradGuard()) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                try (PointerScope scope = new PointerScope()) {
                    use.accept(Torch.of(batch.values()), batch);
                }
            }
        }
    }

    /**
     * @param logits (items, classes) f32
     * @param classes of the items
     */
    void add(Tensor logits, int[] classes) {
        long[] answers = Torch.longs(logits.argmax(new LongOptional(1), false));
        for (int item = 0; item < classes.length; item++) {
            if (classes[item] != Labels.UNKNOWN) {
                known++;
                right += answers[item] == classes[item] ? 1 : 0;
            }
        }
    }

    /** Counts as {@link #add(Tensor, int[])} does, with another's answers in place of labels. */
    void add(Tensor logits, Tensor others) {
        long[] answers = Torch.longs(others.argmax(new LongOptional(1), false));
        add(logits, LongStream.of(answers).mapToInt(Math::toIntExact).toArray());
    }

    /** The share of right answers among items of a known class. */
    double share() {
        return known == 0 ? 0 : (double) right / known;
    }

    static double mean(List<Accuracy> tasks) {
        return tasks.stream().mapToDouble(Accuracy::share).average().orElse(0);
    }
}
