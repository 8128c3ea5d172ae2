package dev.narrows.data;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Some items of another data set, in an order of its own. */
public final class Subset implements Dataset {

    private final Dataset whole;
    private final int[] items;
    private final List<Labels> labels;

    /**
     * The items at some places.
     *
     * @param items places in {@code whole}
     * @throws IndexOutOfBoundsException if there is no such place
     */
    public Subset(Dataset whole, int... items) {
        this.whole = whole;
        this.items = items.clone();
        for (int item : items) {
            Objects.checkIndex(item, whole.size());
        }
        this.labels = whole.labels().stream().map(task -> task.at(this.items)).toList();
    }

    /** The place in the whole of the item at {@code index}. */
    public int place(int index) {
        return items[index];
    }

    @Override
    public int size() {
        return items.length;
    }

    @Override
    public Kind kind() {
        return whole.kind();
    }

    @Override
    public long[] shape() {
        return whole.shape();
    }

    @Override
    public float[] values(int index) {
        return whole.values(items[index]);
    }

    @Override
    public void values(int index, float[] into) {
        whole.values(items[index], into);
    }

    @Override
    public List<Labels> labels() {
        return labels;
    }

    @Override
    public Optional<String> group(int index) {
        return whole.group(items[index]);
    }
}
