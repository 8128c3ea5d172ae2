package dev.narrows.items;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.bundle.Preprocessing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;

/** An image as a tensor: resized, cropped, channels ordered, scaled and normalised. */
final class ImageTensors {

    private static final int MAX_SIDE = 16_384;

    private ImageTensors() {}

    static void check(Preprocessing.Image image, TensorSpec input) {
        int channels = channels(image, input);
        if (channels != 1 && channels != 3) {
            throw new InvalidException("channels: " + channels + " (expected: 1 or 3), input \"" + input.name() + "\"");
        }
        checkStatistic("mean", image.mean(), channels);
        checkStatistic("std", image.std(), channels);
        if (image.resize() > MAX_SIDE || image.crop() > MAX_SIDE) {
            throw new InvalidException("resize, crop: " + image.resize() + ", " + image.crop() + " (expected: at most "
                    + MAX_SIDE + " pixels)");
        }
    }

    private static void checkStatistic(String what, List<Double> values, int channels) {
        if (values.size() > 1 && values.size() != channels) {
            throw new InvalidException(
                    what + ": " + values.size() + " values (expected: 1 or " + channels + ", one for each channel)");
        }
    }

    /** As many as the input's channel axis says, else as many as there are means, else 3. */
    private static int channels(Preprocessing.Image image, TensorSpec input) {
        int rank = input.shape().size();
        if (rank >= 3) {
            long axis = input.shape().get(image.channelsLast() ? rank - 1 : rank - 3);
            if (axis != -1) {
                return (int) Math.min(axis, Integer.MAX_VALUE);
            }
        }
        return image.mean().size() == 1 ? 1 : 3;
    }

    /** (1, channels, height, width) float32, or (1, height, width, channels). */
    static Tensor read(Preprocessing.Image image, TensorSpec input, Path file) {
        Pixels pixels = crop(resize(ImageFile.read(file), image.resize(), file), image.crop(), file);
        int channels = channels(image, input);
        Pixels ready = channels == 1 ? grey(pixels) : colour(pixels);
        return tensor(image, ready);
    }

    private static Pixels resize(Pixels image, int shorter, Path file) {
        if (shorter == 0) {
            return image;
        }
        int least = Math.min(image.width(), image.height());
        long longer = (long) shorter * Math.max(image.width(), image.height()) / least;
        if (longer > MAX_SIDE) {
            throw new InvalidException(
                    "image: " + image.width() + " × " + image.height() + " pixels is too long to resize to " + shorter
                            + " (expected: at most " + MAX_SIDE + " pixels), file \"" + file + "\"");
        }
        return image.width() <= image.height()
                ? BilinearResize.resize(image, shorter, (int) longer)
                : BilinearResize.resize(image, (int) longer, shorter);
    }

    private static Pixels crop(Pixels image, int side, Path file) {
        if (side == 0) {
            return image;
        }
        if (side > image.width() || side > image.height()) {
            throw new InvalidException("image: " + image.width() + " × " + image.height()
                    + " pixels (expected: at least " + side + " × " + side + " to crop), file \"" + file + "\"");
        }
        // Half to even, as torchvision's centre crop rounds.
        int left = (int) Math.rint((image.width() - side) / 2.0);
        int top = (int) Math.rint((image.height() - side) / 2.0);
        int row = side * image.channels();
        byte[] values = new byte[side * row];
        for (int y = 0; y < side; y++) {
            int from = ((top + y) * image.width() + left) * image.channels();
            System.arraycopy(image.values(), from, values, y * row, row);
        }
        return new Pixels(side, side, image.channels(), values);
    }

    /** ITU-R 601 luma in 16-bit fixed point, as Pillow's {@code convert("L")}. */
    private static Pixels grey(Pixels image) {
        if (image.channels() == 1) {
            return image;
        }
        byte[] from = image.values();
        byte[] to = new byte[image.width() * image.height()];
        for (int i = 0; i < to.length; i++) {
            int red = from[3 * i] & 0xFF;
            int green = from[3 * i + 1] & 0xFF;
            int blue = from[3 * i + 2] & 0xFF;
            to[i] = (byte) ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
        }
        return new Pixels(image.width(), image.height(), 1, to);
    }

    private static Pixels colour(Pixels image) {
        if (image.channels() == 3) {
            return image;
        }
        byte[] to = new byte[3 * image.values().length];
        for (int i = 0; i < to.length; i++) {
            to[i] = image.values()[i / 3];
        }
        return new Pixels(image.width(), image.height(), 3, to);
    }

    private static Tensor tensor(Preprocessing.Image image, Pixels pixels) {
        int channels = pixels.channels();
        int plane = pixels.width() * pixels.height();
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(plane * channels, Float.BYTES))
                .order(ByteOrder.nativeOrder());
        FloatBuffer values = bytes.asFloatBuffer();
        for (int channel = 0; channel < channels; channel++) {
            float[] level = levels(image, channel);
            int source = image.bgr() ? channels - 1 - channel : channel;
            for (int i = 0; i < plane; i++) {
                int at = image.channelsLast() ? i * channels + channel : channel * plane + i;
                values.put(at, level[pixels.values()[i * channels + source] & 0xFF]);
            }
        }
        return image.channelsLast()
                ? Tensor.of(DType.FLOAT32, bytes, 1, pixels.height(), pixels.width(), channels)
                : Tensor.of(DType.FLOAT32, bytes, 1, channels, pixels.height(), pixels.width());
    }

    /** What each of the 256 values becomes in the tensor's channel {@code channel}. */
    private static float[] levels(Preprocessing.Image image, int channel) {
        double mean = statistic(image.mean(), channel);
        double std = statistic(image.std(), channel);
        float[] levels = new float[256];
        for (int value = 0; value < levels.length; value++) {
            levels[value] = (float) ((value * image.scale() - mean) / std);
        }
        return levels;
    }

    private static double statistic(List<Double> values, int channel) {
        return values.get(values.size() == 1 ? 0 : channel);
    }
}
