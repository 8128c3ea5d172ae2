package dev.narrows.train;

import dev.narrows.augment.CorruptionSuite;
import dev.narrows.data.Dataset;
import dev.narrows.data.Derived;
import dev.narrows.data.Modality;
import java.util.Optional;

/** A data set of which one thing is under one corruption: the same items whenever they are read. */
public final class CorruptedData extends Derived {

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
        super(clean);
        this.modality = modality;
        this.corruption = corruption;
    }

    @Override
    public float[] values(int index) {
        float[] item = original.values(index);
        if (modality.isEmpty()) {
            return corruption.apply(item, original.shape(), index);
        }
        Modality part = modality.get();
        return part.with(corruption.apply(part.of(item), part.dims(), index), item);
    }
}
