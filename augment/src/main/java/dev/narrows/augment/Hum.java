package dev.narrows.augment;

import java.util.random.RandomGenerator;

/** What mains leak into a microphone: 50 or 60 Hz and its harmonics, the k-th about 1/k as strong, in random phases. */
record Hum(int rate) implements NoiseSource {

    private static final int HARMONICS = 10;

    @Override
    public float[] make(int length, RandomGenerator random) {
        double mains = (random.nextBoolean() ? 50 : 60) * random.nextDouble(0.998, 1.002);
        int harmonics = (int) Math.min(HARMONICS, Math.ceil(rate / 2.0 / mains) - 1);
        // Of each harmonic: where its phasor is, and by what it turns from one sample to the next.
        double[] x = new double[harmonics];
        double[] y = new double[harmonics];
        double[] cosine = new double[harmonics];
        double[] sine = new double[harmonics];
        for (int k = 0; k < harmonics; k++) {
            double amplitude = random.nextDouble(0.5, 1.5) / (k + 1);
            double phase = random.nextDouble(2 * Math.PI);
            double angle = 2 * Math.PI * (k + 1) * mains / rate;
            x[k] = amplitude * Math.cos(phase);
            y[k] = amplitude * Math.sin(phase);
            cosine[k] = Math.cos(angle);
            sine[k] = Math.sin(angle);
        }
        float[] hum = new float[length];
        for (int i = 0; i < length; i++) {
            double sum = 0;
            for (int k = 0; k < harmonics; k++) {
                sum += y[k];
                double turned = cosine[k] * x[k] - sine[k] * y[k];
                y[k] = sine[k] * x[k] + cosine[k] * y[k];
                x[k] = turned;
            }
            hum[i] = (float) sum;
        }
        return hum;
    }
}
