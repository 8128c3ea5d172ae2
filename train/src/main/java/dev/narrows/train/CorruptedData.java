package dev.narrows.train;

import dev.narrows.augment.CorruptionSuite;
import dev.narrows.data.Dataset;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.data.Modality;
import java.util.List;
import java.util.Optional;

/** A data set of which one thing is under one corruption: the same items whenever they are read. */
public final class CorruptedData implements Dataset {

    private final Dataset clean;
    private final Optional<Modality> modality;
    private final CorruptionSuite.Case corruption;

    public CorruptedData(Dataset clean, CorruptionSuite.Case corruption) {
        this(clean, Optional.empty(), corruption);
    }

    /** With one of several modalities under the corruption, the others as they are. */
    public CorruptedData(Dataset clean, Modality modality, CorruptionSuite.Case corruption) {
        this(clean, Optional.of(modality), corruption);
    }

    private CorruptedData(Dataset clean, Optional<Modality> modality, CorruptionSuite.Case corruption) {
        this.clean = clean;
        this.modality = modality;
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
        float[] item = clean.values(index);
        if (modality.isEmpty()) {
            return corruption.apply(item, clean.shape(), index);
        }
        Modality part = modality.get();
        return part.with(corruption.apply(part.of(item), part.dims(), index), item);
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
