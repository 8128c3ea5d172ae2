package dev.narrows.shrink;

import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Node;
import java.util.List;
import java.util.Optional;

/**
 * What a layer's weights meet: for each place of the output and each group the numbers of the input that an output channel
 * is the weighted sum of, in the order of its weights. Convolutions over one or two axes, Gemm, MatMul.
 */
final class ReceptiveFields {

    private final int groups;
    private final int size;
    private final int[] kernel; // height, width; a convolution over one axis has height 1
    private final int[] strides;
    private final int[] dilations;
    private final int[] pads; // top, left, bottom, right
    private final boolean convolution;

    private ReceptiveFields(
            boolean convolution, int groups, int size, int[] kernel, int[] strides, int[] dilations, int[] pads) {
        this.convolution = convolution;
        this.groups = groups;
        this.size = size;
        this.kernel = kernel;
        this.strides = strides;
        this.dilations = dilations;
        this.pads = pads;
    }

    static boolean isFinite(double[] field) {
        for (double value : field) {
            if (!Double.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Empty for a convolution over three axes, or one whose padding the file leaves to the runtime. */
    static Optional<ReceptiveFields> of(LinearNode layer) {
        Node node = layer.node();
        int perChannel = Math.toIntExact(layer.weight().elements()) / layer.channels();
        if (!node.is("Conv")) {
            int[] none = new int[4];
            return Optional.of(new ReceptiveFields(false, 1, perChannel, none, none, none, none));
        }
        List<Long> dims = layer.weight().dims();
        int axes = dims.size() - 2;
        boolean known = List.of("NOTSET", "VALID").contains(node.textAttribute("auto_pad", "NOTSET"));
        if (axes < 1 || axes > 2 || !known) {
            return Optional.empty();
        }
        int[] pads = new int[4];
        List<Long> given = node.intsAttribute("pads").orElse(List.of());
        for (int i = 0; i < given.size(); i++) {
            pads[i / axes * 2 + i % axes + (axes == 1 ? 1 : 0)] = Math.toIntExact(given.get(i));
        }
        return Optional.of(new ReceptiveFields(
                true,
                Math.toIntExact(node.intAttribute("group", 1)),
                perChannel,
                lengths(Optional.of(dims.subList(2, dims.size()))),
                lengths(node.intsAttribute("strides")),
                lengths(node.intsAttribute("dilations")),
                pads));
    }

    /** Of height and width; 1 where nothing is said. */
    private static int[] lengths(Optional<List<Long>> given) {
        int[] lengths = {1, 1};
        List<Long> values = given.orElse(List.of());
        for (int i = 0; i < values.size(); i++) {
            lengths[i + 2 - values.size()] = Math.toIntExact(values.get(i));
        }
        return lengths;
    }

    int groups() {
        return groups;
    }

    /** The numbers in a field. */
    int size() {
        return size;
    }

    /** The places of the output for an input of this shape, over all items in it. */
    int places(long[] shape) {
        if (!convolution) {
            long rows = 1;
            for (int axis = 0; axis < shape.length - 1; axis++) {
                rows *= shape[axis];
            }
            return Math.toIntExact(rows);
        }
        return Math.toIntExact(shape[0]) * length(shape, 0) * length(shape, 1);
    }

    /** The places along height (0) or width (1). */
    private int length(long[] shape, int axis) {
        int padded = extent(shape, axis) + pads[axis] + pads[axis + 2];
        return Math.max(0, (padded - (kernel[axis] - 1) * dilations[axis] - 1) / strides[axis] + 1);
    }

    /** The input's height (0) or width (1). */
    private static int extent(long[] shape, int axis) {
        int index = shape.length - 2 + axis;
        return index < 2 ? 1 : Math.toIntExact(shape[index]);
    }

    /**
     * Reads one field.
     *
     * @param values of the input
     * @param into its numbers; 0 where padding is read
     */
    void read(float[] values, long[] shape, int place, int group, double[] into) {
        if (!convolution) {
            for (int i = 0; i < size; i++) {
                into[i] = values[place * size + i];
            }
            return;
        }
        int height = extent(shape, 0);
        int width = extent(shape, 1);
        int across = length(shape, 1);
        int down = length(shape, 0);
        int channels = Math.toIntExact(shape[1]);
        int own = channels / groups;
        int top = place / across % down * strides[0] - pads[0];
        int left = place % across * strides[1] - pads[1];
        int item = place / (across * down);
        int next = 0;
        for (int channel = group * own; channel < (group + 1) * own; channel++) {
            int base = (item * channels + channel) * height * width;
            for (int i = 0; i < kernel[0]; i++) {
                int y = top + i * dilations[0];
                for (int j = 0; j < kernel[1]; j++) {
                    int x = left + j * dilations[1];
                    boolean inside = y >= 0 && y < height && x >= 0 && x < width;
                    into[next++] = inside ? values[base + y * width + x] : 0;
                }
            }
        }
    }
}
