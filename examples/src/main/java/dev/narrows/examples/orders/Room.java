package dev.narrows.examples.orders;

import java.util.random.RandomGenerator;

/**
 * A room's echo as velvet noise: sparse impulses of random sign under an exponential decay (M. Karjalainen and H.
 * Järveläinen: Reverberation modeling using velvet noise, 2007).
 */
final class Room {

    private static final int IMPULSES_A_SECOND = 2000;
    /** What is left of a sound after the reverberation time: −60 dB. */
    private static final double DECAY = Math.log(1000);

    private Room() {}

    /** The sound as heard in a room of 0.15 to 0.5 s reverberation time; what comes after its end is left out. */
    static float[] echo(float[] sound, RandomGenerator random) {
        double seconds = random.nextDouble(0.15, 0.5);
        double wet = random.nextDouble(0.1, 0.5);
        float[] output = sound.clone();
        int spacing = Pcm.RATE / IMPULSES_A_SECOND;
        int length = (int) (seconds * Pcm.RATE);
        // The first echo comes off a wall a metre or two away.
        for (int from = random.nextInt(50, 200); from < length; from += spacing) {
            int delay = from + random.nextInt(spacing);
            float gain = (float) (wet * Math.exp(-DECAY * delay / length) * (random.nextBoolean() ? 1 : -1));
            for (int i = delay; i < output.length; i++) {
                output[i] += gain * sound[i - delay];
            }
        }
        return output;
    }
}
