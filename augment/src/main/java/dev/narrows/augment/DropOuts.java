package dev.narrows.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A sound that came in packets of 20 ms, some of which were lost, in bursts of two on average (E. N. Gilbert: Capacity of
 * a burst-noise channel, 1960); silence is in their place.
 *
 * @param share of packets that are lost, on average, 0 to 0.6
 */
record DropOuts(Range share, int rate) implements Augmentation {

    private static final double PACKET_SECONDS = 0.02;
    /** The chance that a loss is the last of its burst. */
    private static final double RECOVERY = 0.5;

    DropOuts {
        Check.between("dropout", share, 0, 0.6);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Level.check(values, shape);
        double lost = share.draw(random);
        if (lost == 0) {
            return values;
        }
        int packet = (int) Math.max(1, Math.round(PACKET_SECONDS * rate));
        double failure = RECOVERY * lost / (1 - lost);
        boolean gone = random.nextDouble() < lost;
        for (int start = 0; start < values.length; start += packet) {
            if (gone) {
                Arrays.fill(values, start, Math.min(values.length, start + packet), 0);
            }
            gone = random.nextDouble() < (gone ? 1 - RECOVERY : failure);
        }
        return values;
    }
}
