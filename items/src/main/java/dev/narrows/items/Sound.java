package dev.narrows.items;

/** Sound in memory, as a file holds it. */
final class Sound {

    private final int rate;
    private final float[][] channels;

    /**
     * Takes the samples over.
     *
     * @param rate samples a second
     * @param channels (channels, samples), full scale is [-1, 1]
     */
    Sound(int rate, float[][] channels) {
        this.rate = rate;
        this.channels = channels;
    }

    int rate() {
        return rate;
    }

    float[][] channels() {
        return channels;
    }
}
