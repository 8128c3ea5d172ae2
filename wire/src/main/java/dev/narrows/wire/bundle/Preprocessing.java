package dev.narrows.wire.bundle;

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
        }
    }

    /**
     * Sound: resampled to {@code rate} Hz, mixed to {@code channels}, cut or padded with zeros to {@code seconds}, in
     * [-1, 1]. The tensor is (batch, samples), or (batch, channels, samples) for more than one channel.
     */
    record Audio(int rate, double seconds, int channels) implements Preprocessing {}

    /** The tensor as it is: .npy files and callers' own tensors. */
    record Raw() implements Preprocessing {}
}
