package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * A sound played faster or slower, its pitch with it: interpolated by a windowed sinc, the cutoff below half the lower
 * rate (J. O. Smith: Digital audio resampling, 2002). The middle stays where it is; a faster sound has silence on both
 * sides, a slower one loses its ends.
 *
 * @param factor above 1 is faster
 */
record Speed(Range factor) implements Augmentation {

    /** Zero crossings of the sinc on each side. */
    private static final int CROSSINGS = 8;
    /** Places in the table from one zero crossing to the next, with straight lines between. */
    private static final int DENSITY = 512;

    private static final float[] SINC = new float[CROSSINGS * DENSITY + 2];

    static {
        SINC[0] = 1;
        for (int i = 1; i < CROSSINGS * DENSITY; i++) {
            double x = Math.PI * i / DENSITY;
            double window = Math.cos(x / (2 * CROSSINGS));
            SINC[i] = (float) (Math.sin(x) / x * window * window);
        }
    }

    Speed {
        Check.between("speed", factor, 0.1, 10);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Level.check(values, shape);
        return play(values, factor.draw(random));
    }

    static float[] play(float[] values, double speed) {
        if (speed == 1) {
            return values;
        }
        float cutoff = (float) Math.min(1, 1 / speed);
        float step = cutoff * DENSITY;
        int reach = (int) Math.ceil(CROSSINGS / cutoff);
        double middle = (values.length - 1) / 2.0;
        float[] played = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            double place = middle + speed * (i - middle);
            if (place <= -reach || place >= values.length - 1 + reach) {
                continue;
            }
            int before = (int) Math.floor(place);
            float past = (float) (place - before);
            float sum = 0;
            float at = past * step;
            for (int k = before; k >= 0 && at < CROSSINGS * DENSITY; k--, at += step) {
                sum += k < values.length ? values[k] * sinc(at) : 0;
            }
            at = (1 - past) * step;
            for (int k = before + 1; k < values.length && at < CROSSINGS * DENSITY; k++, at += step) {
                sum += k >= 0 ? values[k] * sinc(at) : 0;
            }
            played[i] = cutoff * sum;
        }
        return Level.fit(played);
    }

    private static float sinc(float at) {
        int place = (int) at;
        return SINC[place] + (at - place) * (SINC[place + 1] - SINC[place]);
    }
}
