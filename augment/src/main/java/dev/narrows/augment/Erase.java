package dev.narrows.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * An image with a square of it erased, its centre anywhere, so that a part of the square may lie outside (T. DeVries, G.
 * W. Taylor: Improved regularization of convolutional neural networks with cutout, 2017). Each channel of the square
 * becomes the channel's mean; the paper's is the data set's.
 *
 * @param share the square's side as a share of the shorter side, 0 to 1
 */
record Erase(Range share) implements Augmentation {

    Erase {
        Check.between("erase", share, 0, 1);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Planes planes = Planes.of(values, shape);
        int side = (int) Math.round(share.draw(random) * planes.side());
        int left = random.nextInt(planes.width()) - side / 2;
        int top = random.nextInt(planes.height()) - side / 2;
        return square(values, planes, left, top, side);
    }

    static float[] square(float[] values, Planes planes, int left, int top, int side) {
        int width = planes.width();
        int first = Math.max(0, left);
        int last = Math.min(width, left + side);
        int bottom = Math.min(planes.height(), top + side);
        for (int start = 0; start < values.length; start += planes.plane()) {
            double sum = 0;
            for (int i = start; i < start + planes.plane(); i++) {
                sum += values[i];
            }
            for (int y = Math.max(0, top); y < bottom && first < last; y++) {
                int row = start + y * width;
                Arrays.fill(values, row + first, row + last, (float) (sum / planes.plane()));
            }
        }
        return values;
    }
}
