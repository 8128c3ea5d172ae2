package dev.narrows.data;

import java.util.List;
import java.util.Optional;

/** Another data set's items with other values: what it does not say anew is the other's. */
public abstract class Derived implements Dataset {

    /** Where the items come from. */
    protected final Dataset original;

    protected Derived(Dataset original) {
        this.original = original;
    }

    @Override
    public int size() {
        return original.size();
    }

    @Override
    public Kind kind() {
        return original.kind();
    }

    @Override
    public long[] shape() {
        return original.shape();
    }

    @Override
    public List<Labels> labels() {
        return original.labels();
    }

    @Override
    public Optional<String> group(int index) {
        return original.group(index);
    }
}
