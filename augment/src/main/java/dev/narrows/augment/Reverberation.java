package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * A sound in a room: convolved with the direct sound, some early reflections at random, and noise that decays
 * exponentially (J. A. Moorer: About this reverberation business, 1979; W. C. Sabine's RT60). Direct sound and
 * reverberation are equally strong at an RT60 of half a second, as beyond that the tail prevails. The item keeps its
 * loudness.
 *
 * @param rt60 seconds in which the tail falls by 60 dB
 */
record Reverberation(Range rt60, int rate) implements Augmentation {

    private static final int REFLECTIONS = 6;
    private static final double FIRST_SECONDS = 0.002;
    private static final double LAST_SECONDS = 0.04;
    /** When the tail begins. */
    private static final double GAP_SECONDS = 0.005;
    /** At which the tail is as strong as the direct sound. */
    private static final double BALANCED_RT60 = 0.5;

    Reverberation {
        Check.between("reverb", rt60, 0, 10);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Level.check(values, shape);
        double seconds = rt60.draw(random);
        double power = Level.power(values);
        if (seconds < FIRST_SECONDS || power == 0) {
            return values;
        }
        float[] wet = Fourier.convolve(values, response(seconds, values.length, random), values.length);
        float factor = (float) Math.sqrt(power / Level.power(wet));
        for (int i = 0; i < wet.length; i++) {
            wet[i] *= factor;
        }
        return Level.fit(wet);
    }

    /** The room's answer to a click, at most {@code longest} samples of it. */
    float[] response(double seconds, int longest, RandomGenerator random) {
        int length = (int) Math.max(1, Math.min(longest, Math.ceil(seconds * rate)));
        float[] response = new float[length];
        Gauss gauss = new Gauss(random);
        // An amplitude falls by 60 dB, a thousandfold; the squares of the tail sum up to seconds / BALANCED_RT60.
        double decay = Math.exp(-Math.log(1000) / (seconds * rate));
        double amplitude = Math.sqrt(2 * Math.log(1000) / (rate * BALANCED_RT60));
        double gap = GAP_SECONDS * rate;
        for (int i = 0; i < length; i++) {
            response[i] = i < gap ? 0 : (float) (amplitude * gauss.next());
            amplitude *= decay;
        }
        for (int i = 0; i < REFLECTIONS; i++) {
            double delay = FIRST_SECONDS + (LAST_SECONDS - FIRST_SECONDS) * gauss.uniform();
            double strength = (0.4 + 0.4 * gauss.uniform()) * Math.pow(1000, -delay / seconds);
            int at = (int) (delay * rate);
            if (at < length) {
                response[at] += (float) (gauss.uniform() < 0.5 ? -strength : strength);
            }
        }
        response[0] = 1;
        return response;
    }
}
