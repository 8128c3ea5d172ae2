package dev.narrows.train;

import dev.narrows.augment.CorruptionSuite;
import dev.narrows.data.Dataset;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import java.util.List;
import java.util.Optional;

/** A data set under one corruption: the same items whenever they are read. */
public final class CorruptedData implements Dataset {

    private final Dataset clean;
    private final CorruptionSuite.Case corruption;

    public CorruptedData(Dataset clean, CorruptionSuite.Case corruption) {
        this.clean = clean;
        this.corruption = corruption;
    }

    @Override
    public int size() {
        return clean.size();
    }

    @Override
    public Kind kind() {
        return clean.kind();
    }

    @Override
    public long[] shape() {
        return clean.shape();
    }

    @Override
    public float[] values(int index) {
        return corruption.apply(clean.values(index), clean.shape(), index);
    }

    @Override
    public List<Labels> labels() {
        return clean.labels();
    }

    @Override
    public Optional<String> group(int index) {
        return clean.group(index);
    }
}
