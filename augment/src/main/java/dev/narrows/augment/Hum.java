package dev.narrows.augment;

import java.util.random.RandomGenerator;

/** What mains leak into a microphone: 50 or 60 Hz and its harmonics, the k-th about 1/k as strong, in random phases. */
record Hum(int rate) implements NoiseSource {

    private static final int HARMONICS = 10;

    @Override
    public float[] make(int length, RandomGenerator random) {
        double mains = (random.nextBoolean() ? 50 : 60) * random.nextDouble(0.998, 1.002);
        float[] hum = new float[length];
        for (int k = 1; k <= HARMONICS && k * mains < rate / 2.0; k++) {
            double amplitude = random.nextDouble(0.5, 1.5) / k;
            double phase = random.nextDouble(2 * Math.PI);
            // A rotation by one sample's angle, in place of a sine for each sample.
            double angle = 2 * Math.PI * k * mains / rate;
            double cosine = Math.cos(angle);
            double sine = Math.sin(angle);
            double x = amplitude * Math.cos(phase);
            double y = amplitude * Math.sin(phase);
            for (int i = 0; i < length; i++) {
                hum[i] += (float) y;
                double turned = cosine * x - sine * y;
                y = sine * x + cosine * y;
                x = turned;
            }
        }
        return hum;
    }
}
