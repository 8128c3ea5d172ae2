package dev.narrows.examples.orders;

/** A file to be. */
final class Clip {

    private final Manifest.Row row;
    private final float[] samples;

    /**
     * Takes the samples over.
     *
     * @param samples {@link Pcm#CLIP}, within [-1, 1]
     */
    Clip(Manifest.Row row, float[] samples) {
        this.row = row;
        this.samples = samples;
    }

    Manifest.Row row() {
        return row;
    }

    float[] samples() {
        return samples;
    }
}
