package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What slides over the axes of space in a convolution or a pooling, one entry for each axis. */
record Window(List<Long> kernel, List<Long> strides, List<Long> dilations, List<Long> pads) {

    /**
     * Spreads single entries over all axes and finds the pads that were not given.
     *
     * @param pads all befores, then all behinds; one for all; or none, for outputs of ceil(input / stride)
     */
    static Window over(
            Value x,
            List<Integer> kernel,
            List<Integer> strides,
            List<Integer> dilations,
            Optional<List<Integer>> pads) {
        int axes = x.space().size();
        if (axes == 0) {
            throw new InvalidException(
                    "shape: " + x.shape() + " (expected: channels and space), tensor \"" + x.name() + "\"");
        }
        List<Long> lengths = spread("kernel", kernel, axes);
        List<Long> steps = spread("dilations", dilations, axes);
        List<Long> sides = pads.map(given -> spread("pads", given, 2 * axes)).orElseGet(() -> same(lengths, steps));
        return new Window(lengths, spread("strides", strides, axes), steps, sides);
    }

    private static List<Long> spread(String what, List<Integer> given, int count) {
        if (given.size() != 1 && given.size() != count) {
            throw new InvalidException(what + ": " + given + " (expected: 1 or " + count + " entries)");
        }
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add((long) given.get(given.size() == 1 ? 0 : i));
        }
        return all;
    }

    private static List<Long> same(List<Long> kernel, List<Long> dilations) {
        List<Long> before = new ArrayList<>();
        List<Long> behind = new ArrayList<>();
        for (int axis = 0; axis < kernel.size(); axis++) {
            long total = dilations.get(axis) * (kernel.get(axis) - 1);
            before.add(total / 2);
            behind.add(total - total / 2);
        }
        before.addAll(behind);
        return before;
    }

    /** An item's shape behind it. */
    List<Long> slide(Value x, long channels) {
        int axes = kernel.size();
        List<Long> shape = new ArrayList<>();
        shape.add(channels);
        for (int axis = 0; axis < axes; axis++) {
            long room = x.space().get(axis) + pads.get(axis) + pads.get(axes + axis);
            long span = dilations.get(axis) * (kernel.get(axis) - 1) + 1;
            if (span > room) {
                throw new InvalidException("kernel: " + kernel + " spans " + span + " (expected: at most " + room
                        + ", the padded input), tensor \"" + x.name() + "\" " + x.shape());
            }
            shape.add((room - span) / strides.get(axis) + 1);
        }
        return shape;
    }

    Map<String, Attribute> attributes() {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("kernel_shape", new Attribute.Ints(kernel));
        attributes.put("strides", new Attribute.Ints(strides));
        attributes.put("pads", new Attribute.Ints(pads));
        if (dilations.stream().anyMatch(dilation -> dilation != 1)) {
            attributes.put("dilations", new Attribute.Ints(dilations));
        }
        return attributes;
    }

    long taps() {
        return kernel.stream().reduce(1L, Math::multiplyExact);
    }
}
