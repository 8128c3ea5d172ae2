package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * The noise of a camera's sensor: the deviation of a value x is √(a x + b), shot noise and read noise (A. Foi et al.:
 * Practical Poissonian–Gaussian noise modeling and fitting for single-image raw-data, 2008).
 *
 * @param sigma the deviation at full white; half of it is left in black (b = σ²/4, a = 3σ²/4)
 */
record SensorNoise(Range sigma) implements Augmentation {

    SensorNoise {
        Check.between("noise", sigma, 0, 10);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Planes.of(values, shape);
        double s = sigma.draw(random);
        if (s == 0) {
            return values;
        }
        float[] noise = new Gauss(random).draw(values.length);
        float read = (float) (s * s / 4);
        float shot = 3 * read;
        // A loop of its own: the compiler makes vectors of it, which halves the time.
        for (int i = 0; i < values.length; i++) {
            float x = Math.max(0f, values[i]);
            values[i] = Math.min(1f, Math.max(0f, x + noise[i] * (float) Math.sqrt(read + shot * x)));
        }
        return values;
    }
}
