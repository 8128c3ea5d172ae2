package dev.narrows.augment;

import java.util.random.RandomGenerator;

/** Dead and stuck values of a sensor, salt and pepper: each channel of a pixel becomes 0 or 1 by chance. */
final class ImpulseNoise {

    private ImpulseNoise() {}

    /** {@code share} of all values, on average. */
    static float[] strike(float[] values, double share, RandomGenerator random) {
        Gauss chance = new Gauss(random);
        for (int i = 0; i < values.length; i++) {
            double draw = chance.uniform();
            if (draw < share) {
                values[i] = draw < share / 2 ? 0 : 1;
            }
        }
        return values;
    }
}
