package dev.narrows.augment;

import java.util.random.RandomGenerator;

/** An image seen in a mirror: left becomes right. Not for digits, letters and other things that have a hand. */
record Flip() implements Augmentation {

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Planes planes = Planes.of(values, shape);
        int width = planes.width();
        for (int row = 0; row < values.length; row += width) {
            for (int left = row, right = row + width - 1; left < right; left++, right--) {
                float swap = values[left];
                values[left] = values[right];
                values[right] = swap;
            }
        }
        return values;
    }
}
