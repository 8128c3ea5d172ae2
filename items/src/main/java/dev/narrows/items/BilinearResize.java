package dev.narrows.items;

/**
 * Resizes images by a triangle filter that widens with the reduction, as Pillow's {@code resize(BILINEAR)} does
 * (Pillow's Resample.c): two passes, the horizontal one first, 22-bit fixed-point weights, rounding to 8 bits after each
 * pass. The results equal Pillow's bit for bit. O(pixels × reduction).
 */
final class BilinearResize {

    /** Fractional bits of a weight: 32 less 8 for the value, less 2 for the overshoot of other filters. */
    private static final int PRECISION = 22;

    private BilinearResize() {}

    static Pixels resize(Pixels image, int width, int height) {
        Pixels result = image;
        if (width != result.width()) {
            result = horizontal(result, width);
        }
        if (height != result.height()) {
            result = vertical(result, height);
        }
        return result;
    }

    /** For one output place: its first source place and the weights of those from there on. */
    private static final class Window {
        final int first;
        final int[] weights;

        Window(int first, int[] weights) {
            this.first = first;
            this.weights = weights;
        }
    }

    private static Window[] windows(int from, int to) {
        double scale = (double) from / to;
        double support = Math.max(scale, 1.0);
        Window[] windows = new Window[to];
        for (int out = 0; out < to; out++) {
            double centre = (out + 0.5) * scale;
            int first = Math.max(0, (int) (centre - support + 0.5));
            int last = Math.min(from, (int) (centre + support + 0.5));
            double[] weights = new double[last - first];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = Math.max(0, 1 - Math.abs((i + first - centre + 0.5) * (1.0 / support)));
                sum += weights[i];
            }
            int[] fixed = new int[weights.length];
            for (int i = 0; i < weights.length; i++) {
                fixed[i] = (int) (0.5 + weights[i] / sum * (1 << PRECISION));
            }
            windows[out] = new Window(first, fixed);
        }
        return windows;
    }

    private static Pixels horizontal(Pixels image, int width) {
        Window[] windows = windows(image.width(), width);
        int channels = image.channels();
        byte[] from = image.values();
        byte[] to = new byte[Math.multiplyExact(Math.multiplyExact(width, image.height()), channels)];
        int at = 0;
        for (int y = 0; y < image.height(); y++) {
            int row = y * image.width() * channels;
            for (Window window : windows) {
                for (int channel = 0; channel < channels; channel++) {
                    int sum = 1 << (PRECISION - 1);
                    int source = row + window.first * channels + channel;
                    for (int weight : window.weights) {
                        sum += (from[source] & 0xFF) * weight;
                        source += channels;
                    }
                    to[at++] = clip(sum);
                }
            }
        }
        return new Pixels(width, image.height(), channels, to);
    }

    private static Pixels vertical(Pixels image, int height) {
        Window[] windows = windows(image.height(), height);
        int row = image.width() * image.channels();
        byte[] from = image.values();
        byte[] to = new byte[Math.multiplyExact(height, row)];
        int at = 0;
        for (Window window : windows) {
            for (int x = 0; x < row; x++) {
                int sum = 1 << (PRECISION - 1);
                int source = window.first * row + x;
                for (int weight : window.weights) {
                    sum += (from[source] & 0xFF) * weight;
                    source += row;
                }
                to[at++] = clip(sum);
            }
        }
        return new Pixels(image.width(), height, image.channels(), to);
    }

    private static byte clip(int sum) {
        int value = sum >> PRECISION;
        return (byte) (value < 0 ? 0 : Math.min(value, 255));
    }
}
