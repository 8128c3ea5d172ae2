package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * Gaussian noise whose spectrum falls evenly, made in the frequency domain. What is below 20 Hz is left out where it
 * falls: microphones do not hear it, and it would take most of the power.
 *
 * @param slope of the amplitude, as a power of the frequency: 0 is white, -1/2 pink (-3 dB an octave), -1 brown (-6)
 */
record ColouredNoise(double slope, int rate) implements NoiseSource {

    private static final double LOWEST_HZ = 20;

    static ColouredNoise white(int rate) {
        return new ColouredNoise(0, rate);
    }

    static ColouredNoise pink(int rate) {
        return new ColouredNoise(-0.5, rate);
    }

    static ColouredNoise brown(int rate) {
        return new ColouredNoise(-1, rate);
    }

    @Override
    public float[] make(int length, RandomGenerator random) {
        Gauss gauss = new Gauss(random);
        if (slope == 0) {
            return gauss.draw(length);
        }
        float[] noise = new float[Fourier.size(length)];
        int lowest = (int) Math.max(1, Math.ceil(LOWEST_HZ * noise.length / rate));
        for (int bin = lowest; 2 * bin < noise.length; bin++) {
            double amplitude = slope == -1 ? 1.0 / bin : slope == -0.5 ? 1 / Math.sqrt(bin) : Math.pow(bin, slope);
            noise[2 * bin] = (float) (amplitude * gauss.next());
            noise[2 * bin + 1] = (float) (amplitude * gauss.next());
        }
        Fourier.inverse(noise);
        float[] part = new float[length];
        // Scaled to about 1, so that tiny numbers lose nothing.
        float scale = noise.length;
        for (int i = 0; i < length; i++) {
            part[i] = scale * noise[i];
        }
        return part;
    }
}
