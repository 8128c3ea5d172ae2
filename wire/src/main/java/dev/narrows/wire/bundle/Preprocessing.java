package dev.narrows.wire.bundle;

import dev.narrows.errors.InvalidException;
import java.util.List;

/** What turns a file's content into the network's input tensor. */
public sealed interface Preprocessing {

    /**
     * An image: decoded, its shorter side resized to {@code resize}, the centre {@code crop} × {@code crop} pixels
     * taken (no cropping or resizing where 0), then {@code (value × scale − mean) / std} for each channel.
     *
     * @param bgr whether channel 0 is blue
     * @param channelsLast whether the tensor is (batch, height, width, channels) and not (batch, channels, …)
     * @param scale of the 8-bit values, before mean and std; 1/255 maps them to [0, 1]
     */
    record Image(
            int resize, int crop, boolean bgr, boolean channelsLast, double scale, List<Double> mean, List<Double> std)
            implements Preprocessing {

        public Image {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
            if (resize < 0 || crop < 0) {
                throw new InvalidException("image: resize " + resize + ", crop " + crop + " (expected: 0 or more)");
            }
            if (mean.isEmpty() || mean.size() != std.size()) {
                throw new InvalidException("image: mean of " + mean.size() + " channels, std of " + std.size()
                        + " (expected: as many, 1 or more)");
            }
            if (!finite(scale) || scale == 0) {
                throw new InvalidException("image: scale " + scale + " (expected: finite, not 0)");
            }
            for (int channel = 0; channel < std.size(); channel++) {
                if (!finite(mean.get(channel)) || !finite(std.get(channel)) || std.get(channel) == 0) {
                    throw new InvalidException("image: mean " + mean.get(channel) + ", std " + std.get(channel)
                            + " (expected: finite, std not 0), channel " + channel);
                }
            }
        }

        private static boolean finite(double value) {
            return !Double.isNaN(value) && !Double.isInfinite(value);
        }
    }

    /**
     * Sound: resampled to {@code rate} Hz, mixed to {@code channels}, cut or padded with zeros to {@code seconds}, in
     * [-1, 1]. The tensor is (batch, samples), or (batch, channels, samples) for more than one channel.
     */
    record Audio(int rate, double seconds, int channels) implements Preprocessing {

        public Audio {
            if (rate < 1 || channels < 1 || !(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
                throw new InvalidException("audio: rate " + rate + ", seconds " + seconds + ", channels " + channels
                        + " (expected: more than 0)");
            }
        }
    }

    /** The tensor as it is: .npy files and callers' own tensors. */
    record Raw() implements Preprocessing {}
}
