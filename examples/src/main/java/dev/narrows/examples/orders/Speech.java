package dev.narrows.examples.orders;

/** An utterance that has been spoken. */
final class Speech {

    private final Utterance utterance;
    private final float[] sound;

    /**
     * Takes the sound over.
     *
     * @param sound at {@link Pcm#RATE}, no silence around it
     */
    Speech(Utterance utterance, float[] sound) {
        this.utterance = utterance;
        this.sound = sound;
    }

    Utterance utterance() {
        return utterance;
    }

    float[] sound() {
        return sound;
    }
}
