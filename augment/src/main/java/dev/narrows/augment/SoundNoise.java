package dev.narrows.augment;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Noise added at a ratio of the item's mean power to the noise's. If the sum does not fit into [-1, 1] all of it is made
 * quieter, which keeps the ratio. An item of silence, where no ratio is defined, stays as it is.
 *
 * @param sources one is drawn for each item
 * @param snr in dB
 */
record SoundNoise(List<NoiseSource> sources, Range snr) implements Augmentation {

    SoundNoise {
        sources = List.copyOf(sources);
        Check.between("snr", snr, -60, 120);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Level.check(values, shape);
        double decibels = snr.draw(random);
        float[] noise = sources.get(sources.size() == 1 ? 0 : random.nextInt(sources.size()))
                .make(values.length, random);
        double power = Level.power(noise);
        double signal = Level.power(values);
        if (power == 0 || signal == 0) {
            return values;
        }
        float factor = (float) (Math.sqrt(signal / power) / Level.factor(decibels));
        for (int i = 0; i < values.length; i++) {
            values[i] += factor * noise[i];
        }
        return Level.fit(values);
    }
}
