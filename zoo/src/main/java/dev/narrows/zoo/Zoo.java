package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Networks of the known architectures, opset 17, float32, with seeded weights. Axis 0 of inputs and outputs counts items
 * (N). The input has the shape's name; blocks end in tensors {@code block1}, {@code block2} …; in front of the head is
 * {@code features} (N, features); the output is {@code logits} (N, classes), or {@code probabilities}.
 */
public final class Zoo {

    private Zoo() {}

    /** A network with one head. */
    public static Network build(Architecture architecture, InputShape shape, int classes, long seed) {
        return build(architecture, shape, List.of(Head.of(classes)), seed);
    }

    /**
     * A network whose heads share the trunk. The outputs are {@code logits.<task>}, in the heads' order.
     *
     * @throws InvalidException if there is no head, two have one name, or the input is too small for the architecture
     */
    public static Network build(Architecture architecture, InputShape shape, List<Head> heads, long seed) {
        NetworkBuilder builder = NetworkBuilder.seeded(seed);
        draw(builder, architecture, shape, heads);
        return builder.build(architecture.family().label(), metadata(architecture.toString(), seed));
    }

    static void draw(NetworkBuilder builder, Architecture architecture, InputShape shape, List<Head> heads) {
        if (heads.isEmpty()) {
            throw new InvalidException("heads: none (expected: one at least)");
        }
        Value features = features(builder, architecture, builder.input(shape.input(), shape.dims()));
        for (Head head : heads) {
            Value logits = logits(builder, head, features);
            builder.output(
                    architecture.word("output").equals("logits")
                            ? logits
                            : builder.softmax(head.name("probabilities"), logits));
        }
    }

    private static Value features(NetworkBuilder builder, Architecture architecture, Value input) {
        Value x = input;
        List<Double> mean = architecture.numbers("mean");
        if (!mean.isEmpty()) {
            x = builder.subtract("centred", x, mean);
        }
        List<Double> std = architecture.numbers("std");
        if (!std.isEmpty()) {
            x = builder.divide("normed", x, std);
        }
        Value features = architecture.family().trunk().features(builder, x, architecture);
        return builder.dropout("features.dropout", features, architecture.number("dropout"));
    }

    private static Value logits(NetworkBuilder builder, Head head, Value features) {
        return builder.linear(head.name("logits"), features, head.classes(), Initial.XAVIER);
    }

    private static Map<String, String> metadata(String spec, long seed) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("narrows.architecture", spec);
        metadata.put("narrows.seed", Long.toString(seed));
        return metadata;
    }
}
