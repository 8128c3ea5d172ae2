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
        Gauss gauss = new Gauss(random);
        float read = (float) (s * s / 4);
        float shot = 3 * read;
        for (int i = 0; i < values.length; i++) {
            float x = values[i];
            float noisy = x + (float) gauss.next() * (float) Math.sqrt(read + shot * Math.max(0f, x));
            values[i] = Math.max(0f, Math.min(1f, noisy));
        }
        return values;
    }
}
