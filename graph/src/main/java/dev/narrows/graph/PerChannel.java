package dev.narrows.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a node does to each channel of its first input by itself: {@code scale · x + shift}, with numbers that the file
 * holds.
 *
 * @param input the value that is scaled
 * @param scale of each channel
 * @param shift of each channel
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, compared never
record PerChannel(String input, double[] scale, double[] shift) {

    private static final float EPSILON = 1e-5f; // BatchNormalization's own default

    /**
     * What a batch normalisation, an Add, Sub, Mul or Div does, if it is of this kind.
     *
     * @param input which of its inputs is to be the scaled one
     * @param rank the axes of that input
     * @param axis which of them counts channels
     * @param channels how many there are
     */
    static Optional<PerChannel> of(Patch patch, Node node, String input, int rank, int axis, int channels) {
        if (node.is("BatchNormalization")) {
            return axis == 1 ? batchNorm(patch, node, channels) : Optional.empty();
        }
        boolean binary = node.is("Add") || node.is("Sub") || node.is("Mul") || node.is("Div");
        if (!binary || node.inputs().get(0).equals(node.inputs().get(1))) {
            return Optional.empty();
        }
        boolean first = node.inputs().get(0).equals(input);
        return patch.weight(node, first ? 1 : 0)
                .flatMap(constant -> broadcast(constant, rank, axis, channels))
                .flatMap(values -> arithmetic(node.opType(), input, first, values));
    }

    private static Optional<PerChannel> batchNorm(Patch patch, Node norm, int channels) {
        boolean inference = norm.intAttribute("training_mode", 0) == 0
                && norm.intAttribute("spatial", 1) == 1
                && norm.outputs().stream().filter(output -> !output.isEmpty()).count() == 1;
        if (!inference) {
            return Optional.empty();
        }
        float[][] parameters = new float[4][];
        for (int i = 0; i < parameters.length; i++) {
            Optional<ConstantTensor> held =
                    patch.weight(norm, i + 1).filter(tensor -> tensor.type() == ElementType.FLOAT);
            if (held.isEmpty() || held.get().elements() != channels) {
                return Optional.empty();
            }
            parameters[i] = held.get().floats();
        }
        double epsilon = norm.floatAttribute("epsilon", EPSILON);
        double[] scale = new double[channels];
        double[] shift = new double[channels];
        for (int channel = 0; channel < channels; channel++) {
            scale[channel] = parameters[0][channel] / Math.sqrt(parameters[3][channel] + epsilon);
            shift[channel] = parameters[1][channel] - parameters[2][channel] * scale[channel];
        }
        return Optional.of(new PerChannel(norm.inputs().get(0), scale, shift));
    }

    private static Optional<PerChannel> arithmetic(String operator, String input, boolean first, float[] values) {
        double[] scale = new double[values.length];
        double[] shift = new double[values.length];
        Arrays.fill(scale, 1);
        for (int channel = 0; channel < values.length; channel++) {
            double value = values[channel];
            switch (operator) {
                case "Add" -> shift[channel] = value;
                case "Sub" -> {
                    scale[channel] = first ? 1 : -1;
                    shift[channel] = first ? -value : value;
                }
                case "Mul" -> scale[channel] = value;
                default -> {
                    if (!first || value == 0) { // 1 / x is not linear
                        return Optional.empty();
                    }
                    scale[channel] = 1 / value;
                }
            }
        }
        return Optional.of(new PerChannel(input, scale, shift));
    }

    /** The value for each channel of a constant that is broadcast over all other axes. */
    private static Optional<float[]> broadcast(ConstantTensor constant, int rank, int axis, int channels) {
        List<Long> dims = constant.dims();
        if (constant.type() != ElementType.FLOAT || dims.size() > rank) {
            return Optional.empty();
        }
        for (int i = 0; i < dims.size(); i++) {
            boolean own = i + rank - dims.size() == axis;
            if (dims.get(i) != 1 && !(own && dims.get(i) == channels)) {
                return Optional.empty();
            }
        }
        float[] values = constant.floats();
        if (values.length == 1) {
            float[] all = new float[channels];
            Arrays.fill(all, values[0]);
            return Optional.of(all);
        }
        return Optional.of(values);
    }
}
