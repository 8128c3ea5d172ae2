package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.random.RandomGenerator;

/** Several others who talk at once: clips of equal power, each begun anywhere and repeated. */
record Babble(Clips others) implements NoiseSource {

    private static final int LEAST = 3;
    private static final int MOST = 6;
    /** Silent clips are drawn again this often. */
    private static final int ATTEMPTS = 20;

    Babble {
        if (others.size() == 0) {
            throw new InvalidException("babble of 0 clips (expected: other clips)");
        }
    }

    @Override
    public float[] make(int length, RandomGenerator random) {
        float[] babble = new float[length];
        int voices = random.nextInt(LEAST, MOST + 1);
        for (int attempt = 0; voices > 0 && attempt < ATTEMPTS; attempt++) {
            float[] clip = others.read().apply(random.nextInt(others.size()));
            double power = clip.length == 0 ? 0 : Level.power(clip);
            if (power == 0) {
                continue;
            }
            voices--;
            float factor = (float) (1 / Math.sqrt(power));
            int from = random.nextInt(clip.length);
            for (int i = 0; i < length; i++) {
                babble[i] += factor * clip[from];
                from = from + 1 == clip.length ? 0 : from + 1;
            }
        }
        return babble;
    }
}
