package dev.narrows.data;

import java.util.List;
import java.util.Optional;

/** One modality of items that have several. All of an item is read for it. */
final class OneModality implements Dataset {

    private final Dataset whole;
    private final Modality modality;

    OneModality(Dataset whole, Modality modality) {
        this.whole = whole;
        this.modality = modality;
    }

    @Override
    public int size() {
        return whole.size();
    }

    @Override
    public Kind kind() {
        return modality.kind();
    }

    @Override
    public long[] shape() {
        return modality.dims();
    }

    @Override
    public float[] values(int index) {
        return modality.of(whole.values(index));
    }

    @Override
    public List<Labels> labels() {
        return whole.labels();
    }

    @Override
    public Optional<String> group(int index) {
        return whole.group(index);
    }
}
