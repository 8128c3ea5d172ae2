package dev.narrows.data;

/** One modality of items that have several. All of an item is read for it. */
final class OneModality extends Derived {

    private final Modality modality;

    OneModality(Dataset whole, Modality modality) {
        super(whole);
        this.modality = modality;
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
        return modality.of(original.values(index));
    }
}
