package dev.narrows.shrink;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Node;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What each operator does to the channels of its inputs; an operator without a rule freezes them. */
final class ChannelRules {

    /** They work on each element, or on places that are none of the channel axis. */
    private static final Set<String> SAME = Set.of(
            "Relu",
            "LeakyRelu",
            "Sigmoid",
            "Tanh",
            "Clip",
            "Elu",
            "Selu",
            "Celu",
            "HardSigmoid",
            "HardSwish",
            "Softplus",
            "Softsign",
            "Mish",
            "Gelu",
            "ThresholdedRelu",
            "Erf",
            "Exp",
            "Log",
            "Sqrt",
            "Reciprocal",
            "Abs",
            "Neg",
            "Floor",
            "Ceil",
            "Round",
            "Sign",
            "Sin",
            "Cos",
            "Identity",
            "Dropout",
            "Cast",
            "MaxPool",
            "AveragePool",
            "LpPool",
            "GlobalAveragePool",
            "GlobalMaxPool",
            "GlobalLpPool",
            "QuantizeLinear",
            "DequantizeLinear");

    private static final Set<String> BROADCASTING =
            Set.of("Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "PRelu", "Mod");

    private static final Set<String> REDUCING = Set.of(
            "ReduceMean",
            "ReduceSum",
            "ReduceMax",
            "ReduceMin",
            "ReduceProd",
            "ReduceL1",
            "ReduceL2",
            "ReduceSumSquare",
            "ReduceLogSum",
            "ReduceLogSumExp");

    private ChannelRules() {}

    /** Gives the node's outputs their channels, and leaves what becomes of the node. */
    static void apply(ChannelGraph graph, int index, Node node) {
        boolean held = node.opType().equals("DequantizeLinear")
                && graph.isConstant(node.outputs().get(0));
        boolean own = node.isOnnx() || node.domain().equals("com.microsoft");
        if (held) {
            return; // its readers slice it
        }
        if (!own || !node.subgraphs().isEmpty()) {
            freeze(graph, node);
            return;
        }
        String operator = node.opType();
        if (operator.equals("Conv") || operator.equals("ConvTranspose")) {
            ConvolutionRules.apply(graph, index, node);
        } else if (operator.equals("Gemm") || operator.equals("MatMul")) {
            MatrixRules.apply(graph, index, node);
        } else if (operator.equals("BatchNormalization") || operator.equals("InstanceNormalization")) {
            norm(graph, index, node);
        } else if (SAME.contains(operator)) {
            same(graph, node);
        } else if (BROADCASTING.contains(operator)) {
            broadcast(graph, index, node);
        } else if (operator.equals("Concat")) {
            concat(graph, node);
        } else if (REDUCING.contains(operator)) {
            reduce(graph, node);
        } else if (operator.equals("Softmax") || operator.equals("LogSoftmax")) {
            softmax(graph, node);
        } else if (!ShapeRules.apply(graph, index, node)) {
            freeze(graph, node);
        }
    }

    /** Nothing of what it reads can be removed. */
    static void freeze(ChannelGraph graph, Node node) {
        node.uses().forEach(graph::freeze);
    }

    private static void same(ChannelGraph graph, Node node) {
        String input = node.inputs().get(0);
        boolean byChannel =
                node.opType().endsWith("QuantizeLinear") || node.opType().equals("DequantizeLinear");
        boolean pooled = node.opType().endsWith("Pool")
                && graph.of(input).filter(own -> own.axis() != 1).isPresent(); // over what are channels here
        boolean several = byChannel
                && node.inputs().size() > 1
                && graph.dims(node.inputs().get(1)).stream().anyMatch(dim -> dim > 1);
        boolean indices = node.outputs().size() > 1
                && !node.opType().equals("Dropout")
                && graph.users(node.outputs().get(1)) > 0;
        if (pooled || several || indices) {
            graph.freeze(input);
            return;
        }
        graph.of(input).ifPresent(channels -> node.outputs().forEach(output -> graph.put(output, channels)));
    }

    private static void norm(ChannelGraph graph, int index, Node node) {
        Optional<Channels> channels = graph.of(node.inputs().get(0));
        boolean held = node.inputs().stream().skip(1).allMatch(graph::isSliceable);
        if (channels.isEmpty()) {
            return;
        }
        if (channels.get().axis() != 1 || !held || node.outputs().size() > 1) {
            freeze(graph, node);
            return;
        }
        graph.put(node.outputs().get(0), channels.get());
        graph.edit(removal -> {
            int[] kept = removal.kept(channels.get().ids());
            for (int input = 1; input < node.inputs().size(); input++) {
                removal.slice(index, input, 0, kept);
            }
        });
    }

    /** Values that meet element by element: their channels at the same place go together. */
    private static void broadcast(ChannelGraph graph, int index, Node node) {
        int rank = node.inputs().stream()
                .mapToInt(input -> graph.dims(input).size())
                .max()
                .orElse(0);
        int axis = -1; // of the result, counted from the end: below 0
        int[] ids = new int[0];
        for (String input : node.inputs()) {
            Optional<Channels> own = graph.of(input);
            if (own.isPresent() && own.get().ids().length > ids.length) {
                axis = own.get().axis() - graph.dims(input).size();
                ids = own.get().ids();
            }
        }
        if (ids.length == 0) {
            return;
        }
        List<Long> result = graph.dims(node.outputs().get(0));
        if (result.size() != rank || result.get(rank + axis) != ids.length) {
            ChannelRules.freeze(graph, node); // one channel broadcast over many
            return;
        }
        for (int i = 0; i < node.inputs().size(); i++) {
            String input = node.inputs().get(i);
            List<Long> dims = graph.dims(input);
            int place = dims.size() + axis;
            long length = place < 0 ? 1 : dims.get(place);
            Optional<Channels> own = graph.of(input);
            boolean aligned = own.isPresent() && own.get().axis() == place && length == ids.length;
            if (aligned) {
                for (int channel = 0; channel < ids.length; channel++) {
                    graph.classes().join(ids[channel], own.get().ids()[channel]);
                }
            } else if (graph.isConstant(input) && (length == 1 || graph.isSliceable(input))) {
                if (length > 1) {
                    slice(graph, index, i, place, ids);
                }
            } else if (own.isPresent() || length > 1) {
                graph.freeze(input); // counts other things there, or things that nobody knows
                graph.classes().freeze(ids);
            }
        }
        graph.put(node.outputs().get(0), new Channels(rank + axis, ids));
    }

    private static void slice(ChannelGraph graph, int index, int input, int axis, int[] ids) {
        graph.edit(removal -> removal.slice(index, input, axis, removal.kept(ids)));
    }

    private static void concat(ChannelGraph graph, Node node) {
        int rank = graph.dims(node.inputs().get(0)).size();
        int axis = (int) node.intAttribute("axis", 1);
        int along = axis < 0 ? axis + rank : axis;
        Optional<Channels> first = node.inputs().stream()
                .flatMap(input -> graph.of(input).stream())
                .findFirst();
        if (first.isEmpty()) {
            return;
        }
        boolean sameAxis = node.inputs().stream()
                .allMatch(input -> graph.of(input)
                        .map(own -> own.axis() == first.get().axis())
                        .orElse(true));
        if (!sameAxis) {
            freeze(graph, node);
            return;
        }
        if (first.get().axis() != along) {
            broadcastAcross(graph, node, first.get());
            return;
        }
        List<int[]> parts = new ArrayList<>();
        for (String input : node.inputs()) {
            parts.add(graph.of(input)
                    .map(Channels::ids)
                    .orElseGet(() -> ChannelGraph.frozen(graph.dims(input).get(along))));
        }
        graph.put(
                node.outputs().get(0),
                new Channels(along, parts.stream().flatMapToInt(Arrays::stream).toArray()));
    }

    /** Values put behind each other on another axis than that of the channels. */
    private static void broadcastAcross(ChannelGraph graph, Node node, Channels first) {
        for (String input : node.inputs()) {
            Optional<Channels> own = graph.of(input);
            for (int channel = 0; channel < first.ids().length; channel++) {
                graph.classes()
                        .join(first.ids()[channel], own.isPresent() ? own.get().ids()[channel] : Classes.FROZEN);
            }
        }
        graph.put(node.outputs().get(0), first);
    }

    private static void reduce(ChannelGraph graph, Node node) {
        String input = node.inputs().get(0);
        Optional<Channels> channels = graph.of(input);
        if (channels.isEmpty()) {
            return;
        }
        int rank = graph.dims(input).size();
        Optional<List<Long>> axes = node.intsAttribute("axes");
        if (axes.isEmpty() && node.inputs().size() > 1) {
            axes = integers(graph, node.inputs().get(1));
        }
        boolean keeps = node.intAttribute("keepdims", 1) == 1;
        List<Long> reduced = axes.orElse(List.of()).stream()
                .map(axis -> axis < 0 ? axis + rank : axis)
                .toList();
        if (reduced.isEmpty() || reduced.contains((long) channels.get().axis())) {
            graph.freeze(input);
            return;
        }
        int before = (int)
                reduced.stream().filter(axis -> axis < channels.get().axis()).count();
        graph.put(node.outputs().get(0), channels.get().at(channels.get().axis() - (keeps ? 0 : before)));
    }

    private static void softmax(ChannelGraph graph, Node node) {
        String input = node.inputs().get(0);
        Optional<Channels> channels = graph.of(input);
        if (channels.isEmpty()) {
            return;
        }
        int rank = graph.dims(input).size();
        boolean oneAxis = graph.network().opset() >= 13;
        int axis = (int) node.intAttribute("axis", oneAxis ? -1 : 1);
        int own = axis < 0 ? axis + rank : axis;
        boolean over = oneAxis ? channels.get().axis() == own : channels.get().axis() >= own;
        if (over) {
            graph.freeze(input);
        } else {
            graph.put(node.outputs().get(0), channels.get());
        }
    }

    /** The elements of an INT64 tensor that the file holds. */
    static Optional<List<Long>> integers(ChannelGraph graph, String value) {
        ConstantTensor held = graph.network().initializers().get(value);
        if (held == null || held.type() != ElementType.INT64) {
            return Optional.empty();
        }
        List<Long> values = new ArrayList<>();
        ByteBuffer data = held.data();
        while (data.hasRemaining()) {
            values.add(data.getLong());
        }
        return Optional.of(values);
    }
}
