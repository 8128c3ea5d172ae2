package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Networks of the known architectures, opset 17, float32, with seeded weights. Axis 0 of inputs and outputs counts items
 * (N). The input is named by the shape ({@code image}, {@code pcm}, {@code series}, {@code values}); blocks end in tensors
 * {@code block1}, {@code block2} …; in front of the heads is {@code features} (N, features); the output is {@code logits}
 * (N, classes), or {@code probabilities}. Weights whose names begin with {@link NetworkBuilder#FROZEN} are constants that
 * no training should move.
 */
public final class Zoo {

    /** Units of the dense layer in which {@link Fusion#INTERMEDIATE} joins features. */
    static final int FUSED = 128;

    private Zoo() {}

    /**
     * A network with one head.
     *
     * @throws InvalidException if the architecture does not take such items, or they are too small for it
     */
    public static Network build(Architecture architecture, InputShape shape, int classes, long seed) {
        return build(architecture, shape, List.of(Head.of(classes)), seed);
    }

    /**
     * A network whose heads share the trunk. The outputs are {@code logits.<task>}, in the heads' order.
     *
     * @throws InvalidException if there is no head, two have one name, the architecture does not take such items, or they
     *     are too small for it
     */
    public static Network build(Architecture architecture, InputShape shape, List<Head> heads, long seed) {
        NetworkBuilder builder = NetworkBuilder.seeded(seed);
        draw(builder, architecture, shape, heads);
        return builder.build(architecture.family().label(), metadata(architecture.toString(), seed));
    }

    /**
     * A network of several inputs, which are named after the modalities; what belongs to one has its name in front:
     * {@code sound.block1}, {@code sound.block1.conv.weight}, {@code frontend.sound.mel}.
     *
     * @throws InvalidException if there are fewer than two modalities, two have one name or do not agree on the option
     *     {@code output}, or one could not be built alone
     */
    public static Network fuse(Fusion fusion, List<Modality> modalities, List<Head> heads, long seed) {
        if (modalities.size() < 2) {
            throw new InvalidException("modalities: " + modalities.size() + " (expected: 2 or more)");
        }
        requireHeads(heads);
        NetworkBuilder builder = NetworkBuilder.seeded(seed);
        List<Value> inputs = new ArrayList<>();
        for (Modality modality : modalities) {
            inputs.add(builder.input(modality.name(), modality.shape().dims()));
        }
        List<Value> features = new ArrayList<>();
        List<String> specs = new ArrayList<>();
        String output = modalities.get(0).architecture().word("output");
        for (int i = 0; i < modalities.size(); i++) {
            Modality modality = modalities.get(i);
            if (!modality.architecture().word("output").equals(output)) {
                throw new InvalidException("output: " + modality.architecture().word("output") + " (expected: " + output
                        + ", as the first has), modality \"" + modality.name() + "\"");
            }
            features.add(
                    features(builder.in(modality.name()), modality.architecture(), modality.shape(), inputs.get(i)));
            specs.add(modality.name() + "=" + modality.architecture());
        }
        if (fusion == Fusion.INTERMEDIATE) {
            Value joined = builder.concat("fusion.concat", features.toArray(Value[]::new));
            Value fused = builder.linear("fusion.linear", joined, FUSED, Initial.HE_FAN_IN);
            heads(builder, builder.relu("features", fused), heads, output);
        } else {
            late(builder, fusion, modalities, features, heads, output);
        }
        return builder.build("fusion", metadata(fusion.label() + ": " + String.join("; ", specs), seed));
    }

    static void draw(NetworkBuilder builder, Architecture architecture, InputShape shape, List<Head> heads) {
        requireHeads(heads);
        Value input = builder.input(shape.input(), shape.dims());
        heads(builder, features(builder, architecture, shape, input), heads, architecture.word("output"));
    }

    private static void requireHeads(List<Head> heads) {
        if (heads.isEmpty()) {
            throw new InvalidException("heads: none (expected: one at least)");
        }
    }

    private static Value features(NetworkBuilder builder, Architecture architecture, InputShape shape, Value input) {
        Family family = architecture.family();
        Value x = family.intake().take(builder, input, shape, architecture);
        Value features = family.features(builder, x, architecture);
        return builder.dropout("features.dropout", features, architecture.number("dropout"));
    }

    private static void heads(NetworkBuilder builder, Value features, List<Head> heads, String output) {
        for (Head head : heads) {
            output(builder, head, logits(builder, features, head), output);
        }
    }

    private static Value logits(NetworkBuilder builder, Value features, Head head) {
        return builder.linear(head.name("logits"), features, head.classes(), Initial.XAVIER);
    }

    private static void late(
            NetworkBuilder builder,
            Fusion fusion,
            List<Modality> modalities,
            List<Value> features,
            List<Head> heads,
            String output) {
        for (Head head : heads) {
            List<String> votes = new ArrayList<>();
            for (int i = 0; i < modalities.size(); i++) {
                votes.add(logits(builder.in(modalities.get(i).name()), features.get(i), head)
                        .name());
            }
            Value joined = builder.node(
                    head.name("logits"), fusion == Fusion.LATE_SUM ? "Sum" : "Mean", votes, Map.of(), List.of((long)
                            head.classes()));
            output(builder, head, joined, output);
        }
    }

    private static void output(NetworkBuilder builder, Head head, Value logits, String output) {
        builder.output(output.equals("logits") ? logits : builder.softmax(head.name("probabilities"), logits));
    }

    private static Map<String, String> metadata(String spec, long seed) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("narrows.architecture", spec);
        metadata.put("narrows.seed", Long.toString(seed));
        return metadata;
    }
}
