package dev.narrows.data;

import java.util.List;
import java.util.Optional;

/** Windows over one long series. */
final class SeriesItems implements Dataset {

    private final float[][] channels; // (channels, steps)
    private final int[] starts;
    private final int window;
    private final List<Labels> labels;
    private final List<String> groups;

    /**
     * Takes the arrays over.
     *
     * @param channels (channels, steps)
     * @param starts each window's first step
     * @param groups of each window, or empty
     */
    SeriesItems(float[][] channels, int[] starts, int window, List<Labels> labels, List<String> groups) {
        this.channels = channels;
        this.starts = starts;
        this.window = window;
        this.labels = List.copyOf(labels);
        this.groups = List.copyOf(groups);
    }

    @Override
    public int size() {
        return starts.length;
    }

    @Override
    public Kind kind() {
        return new Kind.Series();
    }

    @Override
    public long[] shape() {
        return new long[] {channels.length, window};
    }

    @Override
    public float[] values(int index) {
        float[] values = new float[channels.length * window];
        values(index, values);
        return values;
    }

    @Override
    public void values(int index, float[] into) {
        for (int channel = 0; channel < channels.length; channel++) {
            System.arraycopy(channels[channel], starts[index], into, channel * window, window);
        }
    }

    @Override
    public List<Labels> labels() {
        return labels;
    }

    @Override
    public Optional<String> group(int index) {
        return groups.isEmpty() ? Optional.empty() : Optional.of(groups.get(index));
    }
}
