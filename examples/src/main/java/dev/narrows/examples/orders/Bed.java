package dev.narrows.examples.orders;

import java.util.AbstractList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/** The voices that babble is mixed of, each spoken when it is first heard. Thread-safe. */
final class Bed extends AbstractList<float[]> {

    private final AtomicReferenceArray<float[]> spoken;
    private final IntFunction<float[]> speaker;

    /**
     * A bed that is silent yet.
     *
     * @param speaker speaks a voice, 0 to {@code voices} less 1, each time the same
     */
    Bed(int voices, IntFunction<float[]> speaker) {
        this.spoken = new AtomicReferenceArray<>(voices);
        this.speaker = speaker;
    }

    @Override
    public float[] get(int voice) {
        float[] sound = spoken.get(voice);
        if (sound == null) {
            // Two threads may do it at once, with one result.
            sound = speaker.apply(voice);
            spoken.set(voice, sound);
        }
        return sound;
    }

    @Override
    public int size() {
        return spoken.length();
    }
}
