package dev.narrows.examples.orders;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** What is heard behind speech. */
enum Noise {
    WHITE,
    PINK,
    BROWN,
    HUM,
    BABBLE;

    private static final int MIN_VOICES = 4;
    private static final int MAX_VOICES = 7;

    /** As manifests have it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Noise draw(RandomGenerator random) {
        return values()[random.nextInt(values().length)];
    }

    /**
     * A clip's length of it, at a root mean square of 1.
     *
     * @param voices what babble is mixed of: sounds without silence around them
     */
    float[] sound(List<float[]> voices, RandomGenerator random) {
        float[] sound = new float[Pcm.CLIP];
        switch (this) {
            case WHITE -> white(sound, random);
            case PINK -> pink(sound, random);
            case BROWN -> brown(sound, random);
            case HUM -> hum(sound, random);
            case BABBLE -> babble(sound, voices, random);
        }
        scale(sound, 1 / Math.sqrt(power(sound, 0, sound.length)));
        return sound;
    }

    private static void white(float[] sound, RandomGenerator random) {
        for (int i = 0; i < sound.length; i++) {
            sound[i] = (float) random.nextGaussian();
        }
    }

    /** −3 dB an octave within half a decibel: P. Kellet's three poles (1999). */
    private static void pink(float[] sound, RandomGenerator random) {
        double low = 0;
        double middle = 0;
        double high = 0;
        for (int i = 0; i < sound.length; i++) {
            double white = random.nextGaussian();
            low = 0.99765 * low + white * 0.0990460;
            middle = 0.96300 * middle + white * 0.2965164;
            high = 0.57000 * high + white * 1.0526913;
            sound[i] = (float) (low + middle + high + white * 0.1848);
        }
    }

    /** −6 dB an octave above 5 Hz. */
    private static void brown(float[] sound, RandomGenerator random) {
        double sum = 0;
        for (int i = 0; i < sound.length; i++) {
            sum = 0.998 * sum + random.nextGaussian();
            sound[i] = (float) sum;
        }
    }

    /** A mains' tone with overtones that fade, and a hiss 20 dB below. */
    private static void hum(float[] sound, RandomGenerator random) {
        white(sound, random);
        scale(sound, 0.1);
        double tone = random.nextBoolean() ? 50 : 60;
        double weight = 0;
        double[] amplitudes = new double[20];
        for (int k = 0; k < amplitudes.length; k++) {
            amplitudes[k] = random.nextDouble() / (k + 1);
            weight += amplitudes[k] * amplitudes[k] / 2;
        }
        for (int k = 0; k < amplitudes.length; k++) {
            double amplitude = amplitudes[k] / Math.sqrt(weight);
            double phase = 2 * Math.PI * random.nextDouble();
            double step = 2 * Math.PI * tone * (k + 1) / Pcm.RATE;
            for (int i = 0; i < sound.length; i++) {
                sound[i] += (float) (amplitude * Math.sin(phase + step * i));
            }
        }
    }

    /** Several voices, each at its own place in what it says again and again. */
    private static void babble(float[] sound, List<float[]> voices, RandomGenerator random) {
        int count = random.nextInt(MIN_VOICES, MAX_VOICES + 1);
        for (int v = 0; v < count; v++) {
            float[] voice = voices.get(random.nextInt(voices.size()));
            double gain = Math.pow(10, random.nextDouble(-6, 0) / 20) / Math.sqrt(power(voice, 0, voice.length));
            int from = random.nextInt(voice.length);
            for (int i = 0; i < sound.length; i++) {
                sound[i] += (float) (gain * voice[(from + i) % voice.length]);
            }
        }
    }

    /** Mean square of the samples from {@code from} to before {@code to}. */
    static double power(float[] sound, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += sound[i] * sound[i];
        }
        return sum / (to - from);
    }

    static void scale(float[] sound, double gain) {
        for (int i = 0; i < sound.length; i++) {
            sound[i] = (float) (sound[i] * gain);
        }
    }
}
