package dev.narrows.shrink;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import dev.narrows.plan.Elements;
import dev.narrows.plan.RandomItems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Networks that a tool for plain ones would break: each with what can be done to it. */
final class HostileNetworks {

    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));

    private HostileNetworks() {}

    /**
     * One of them.
     *
     * @param lengths of the input {@code x}, where the file leaves them open; several to try, the first to work with
     * @param layers that can be quantised when it is fused; none means that quantising it is refused
     * @param removable sets of channels that can be removed; none means that pruning filters is refused
     * @param prunable whether it has weights that can be set to 0; else that is refused
     */
    record Hostile(
            String name, Network network, List<List<Long>> lengths, int layers, int removable, boolean prunable) {

        Map<String, List<Long>> shape(int which) {
            return lengths.isEmpty() ? Map.of() : Map.of("x", lengths.get(which));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Hostile> all() {
        List<Hostile> all = new ArrayList<>(wellFormed());
        all.addAll(ofOtherTypes());
        all.addAll(withSubgraphs());
        all.addAll(whoseOperatorsNameAxes());
        return all;
    }

    private static Hostile of(String name, Network network, int layers, int removable, boolean prunable) {
        return new Hostile(name, network, List.of(), layers, removable, prunable);
    }

    /** Two convolutions around an activation, 8 channels between them. */
    private static Sketch before(long opset) {
        return Sketch.opset(opset)
                .input("x", -1, 3, 8, 8)
                .weight("w", 8, 3, 3, 3)
                .weight("b", 8)
                .node("Conv x w b -> a", PADDED)
                .node("Relu a -> r");
    }

    private static Network behind(Sketch sketch, String value) {
        return sketch.weight("v", 4, 8, 1, 1)
                .node("Conv " + value + " v -> y")
                .output("y", -1, 4, -1, -1)
                .network();
    }

    static Network plain(long opset) {
        return behind(before(opset), "r");
    }

    /** The plain one, quantised. */
    static Network quantized() {
        Network network = plain(17);
        return Int8.calibrated(network, Sketch.shapes(network), RandomItems.of(network, Sketch.shapes(network), 8, 3))
                .quantized(Int8Options.DEFAULT.withWeightBits(7), node -> true);
    }

    private static List<Hostile> wellFormed() {
        List<Hostile> found = new ArrayList<>();
        found.add(of("opset 7, IR 4", Messages.edited(plain(7), model -> model.setIrVersion(4)), 2, 8, true));
        found.add(of("opset 26, IR 13", Messages.edited(plain(26), model -> model.setIrVersion(13)), 2, 8, true));
        found.add(of(
                "no weights",
                Sketch.opset(17)
                        .input("x", -1, 4)
                        .node("Tanh x -> y")
                        .output("y", -1, 4)
                        .network(),
                0,
                0,
                false));
        found.add(new Hostile(
                "free height and width",
                plain(17).withInputs(List.of(ValueInfo.of("x", open("N", "H", "W")))),
                List.of(List.of(1L, 3L, 8L, 8L), List.of(1L, 3L, 11L, 6L)),
                2,
                8,
                true));
        found.add(of("initializers among the inputs", Messages.edited(plain(7), HostileNetworks::asOfOld), 2, 8, true));
        found.add(of("weights in Constant nodes", Messages.edited(plain(17), HostileNetworks::inNodes), 2, 8, true));
        found.add(of(
                "an empty optional input",
                Messages.edited(
                        behind(
                                Sketch.opset(17)
                                        .input("x", -1, 3, 8, 8)
                                        .weight("w", 8, 3, 3, 3)
                                        .constant("most", new float[] {1})
                                        .node("Conv x w -> a", PADDED)
                                        .node("Clip a  most -> r"),
                                "r"),
                        model -> model.getGraphBuilder().getNodeBuilder(0).addInput("")),
                2,
                8,
                true));
        found.add(of(
                "an answer that is a weight",
                plain(17).withOutputs(List.of(value("y", -1, 4, -1, -1), value("w", 8, 3, 3, 3))),
                2,
                0,
                true));
        found.add(of(
                "an answer that is the input",
                plain(17).withOutputs(List.of(value("y", -1, 4, -1, -1), value("x", -1, 3, 8, 8))),
                2,
                8,
                true));
        Network gathering = Sketch.opset(17)
                .input("x", -1, 16)
                .places("which", 1)
                .weight("w", 16, 12)
                .weight("v", 12, 4)
                .node("MatMul x w -> a")
                .node("Gather w which -> g")
                .node("Mul a g -> r")
                .node("MatMul r v -> y")
                .output("y", -1, 4)
                .network();
        found.add(of("weights that a Gather reads too", gathering, 2, 0, true));
        found.add(of("a sparse initializer", Messages.edited(dense(), HostileNetworks::sparse), 1, 0, true));
        found.add(
                of("a local function between layers", Messages.edited(plain(17), HostileNetworks::called), 2, 0, true));
        found.add(of(
                "a sequence between layers",
                behind(
                        before(17)
                                .constant("place", new long[0])
                                .node(
                                        "SplitToSequence r -> s",
                                        Map.of("axis", Sketch.of(2L), "keepdims", Sketch.of(1L)))
                                .node("ConcatFromSequence s -> c", Map.of("axis", Sketch.of(2L))),
                        "c"),
                2,
                0,
                true));
        found.add(of(
                "tensors without elements",
                behind(
                        before(17)
                                .constant("nothing", new float[0], 1, 0, 8, 8)
                                .constant("roi", new float[0], 0)
                                .constant("scales", new float[] {1, 1, 2, 2}, 4)
                                .constant("once", 1)
                                .node("Slice r once once  -> none") // of no items
                                .node("Concat r none -> c", Map.of("axis", Sketch.of(0L)))
                                .node("Resize c roi scales -> u"),
                        "u"),
                2,
                8,
                true));
        return found;
    }

    private static List<Hostile> ofOtherTypes() {
        List<Hostile> found = new ArrayList<>();
        found.add(of("float16", as(ElementType.FLOAT16, plain(17)), 0, 8, false));
        found.add(of("double", as(ElementType.DOUBLE, dense()), 0, 12, false));
        found.add(of(
                "bfloat16 behind casts",
                behind(
                        Sketch.opset(17)
                                .input("x", -1, 3, 8, 8)
                                .bytes("half", ElementType.BFLOAT16, pattern(2 * 8 * 27), 8, 3, 3, 3)
                                .node("Cast half -> w", Map.of("to", Sketch.of((long) Messages.FLOAT)))
                                .node("Conv x w -> a", PADDED)
                                .node("Relu a -> r"),
                        "r"),
                2,
                8,
                true));
        found.add(of("quantised already", quantized(), 0, 8, false));
        found.add(of(
                "operators on integers",
                Sketch.opset(17)
                        .input("x", -1, 3, 8, 8)
                        .constant("s", new float[] {0.01f})
                        .constant("t", new float[] {0.02f})
                        .bytes("z", ElementType.UINT8, new byte[] {(byte) 128})
                        .bytes("wz", ElementType.INT8, new byte[] {0})
                        .bytes("w", ElementType.INT8, pattern(8 * 27), 8, 3, 3, 3)
                        .bytes("v", ElementType.INT8, pattern(4 * 8), 4, 8, 1, 1)
                        .node("QuantizeLinear x s z -> q")
                        .node("QLinearConv q s z w s wz t z -> qa", PADDED)
                        .node("DequantizeLinear qa t z -> a")
                        .node("Relu a -> r")
                        .node("DynamicQuantizeLinear r -> d ds dz")
                        .node("ConvInteger d v dz wz -> i")
                        .node("Cast i -> f", Map.of("to", Sketch.of((long) Messages.FLOAT)))
                        .node("Mul f ds -> m")
                        .node("Mul m s -> y")
                        .output("y", -1, 4, 8, 8)
                        .network(),
                0,
                0,
                false));
        found.add(of(
                "weights of four bits",
                Sketch.opset(21)
                        .input("x", -1, 16)
                        .bytes("q", ElementType.INT4, pattern(16 * 12 / 2), 16, 12)
                        .constant("s", new float[] {0.1f})
                        .weight("v", 12, 4)
                        .node("DequantizeLinear q s -> w")
                        .node("MatMul x w -> a")
                        .node("Relu a -> r")
                        .node("MatMul r v -> y")
                        .output("y", -1, 4)
                        .network(),
                1,
                0,
                true));
        return found;
    }

    private static List<Hostile> withSubgraphs() {
        GraphProto.Builder small = Messages.graph("small", "MatMul x inner -> z")
                .addInitializer(Messages.floats("inner", new float[] {1, 2, 3, 4}, 2, 2))
                .addOutput(Messages.value("z", Messages.FLOAT, 1, 2));
        GraphProto.Builder other = Messages.graph("other", "MatMul x inner -> t", "Relu t -> z")
                .addInitializer(Messages.floats("inner", new float[] {4, 3, 2, 1}, 2, 2))
                .addOutput(Messages.value("z", Messages.FLOAT, 1, 2));
        Network branches = Messages.edited(
                Sketch.opset(17)
                        .input("x", 1, 2)
                        .node("Relu x -> y")
                        .output("y", 1, 2)
                        .network(),
                model -> model.getGraphBuilder()
                        .addInput(Messages.value("c", Messages.BOOL))
                        .setNode(
                                0,
                                Messages.node("If c -> y")
                                        .addAttribute(Messages.attribute("then_branch", small))
                                        .addAttribute(Messages.attribute("else_branch", other))));
        // The names inside are those that new values around them would get.
        GraphProto.Builder body = Messages.graph(
                        "body",
                        "Add w.scale r -> l.dequantized",
                        "Mul l.dequantized w.quantized -> y.bias",
                        "Identity going -> on")
                .addInitializer(Messages.floats("w.quantized", new float[] {0.5f}, 1))
                .addInput(Messages.value("turn", Messages.INT64))
                .addInput(Messages.value("going", Messages.BOOL))
                .addInput(Messages.value("w.scale", Messages.FLOAT, 1, 8, 8, 8))
                .addOutput(Messages.value("on", Messages.BOOL))
                .addOutput(Messages.value("y.bias", Messages.FLOAT, 1, 8, 8, 8));
        body.getInputBuilder(2).getTypeBuilder().getTensorTypeBuilder().clearShape();
        body.getOutputBuilder(1).getTypeBuilder().getTensorTypeBuilder().clearShape();
        Network loop = Messages.edited(
                behind(before(17).constant("turns", 3).node("Identity r -> l"), "l"),
                model -> model.getGraphBuilder()
                        .setNode(
                                2, Messages.node("Loop turns  r -> l").addAttribute(Messages.attribute("body", body))));
        GraphProto.Builder mean =
                Messages.graph("mean", "ReduceMean w -> m").addOutput(Messages.value("m", Messages.FLOAT, 1, 1, 1, 1));
        GraphProto.Builder least =
                Messages.graph("least", "ReduceMin w -> m").addOutput(Messages.value("m", Messages.FLOAT, 1, 1, 1, 1));
        Network captured = Messages.edited(
                behind(before(17).node("Abs x -> s").node("Add r s0 -> l").constant("s0", new float[] {0}, 1), "l"),
                model -> model.getGraphBuilder()
                        .addInput(Messages.value("c", Messages.BOOL))
                        .setNode(
                                2,
                                Messages.node("If c -> s")
                                        .addAttribute(Messages.attribute("then_branch", mean))
                                        .addAttribute(Messages.attribute("else_branch", least)))
                        .setNode(3, Messages.node("Add r s -> l")));
        return List.of(
                of("weights in branches only", branches, 0, 0, false),
                of("a loop between layers", loop, 2, 0, true),
                of("a branch that reads a layer's weights", captured, 2, 0, true));
    }

    private static List<Hostile> whoseOperatorsNameAxes() {
        Network squeezed = Sketch.opset(17)
                .input("x", 1, 3, 8, 8)
                .weight("w", 8, 3, 3, 3)
                .weight("v", 8, 4)
                .constant("first", 0)
                .node("Conv x w -> a", PADDED)
                .node("Relu a -> r")
                .node("GlobalAveragePool r -> p")
                .node("Squeeze p -> s")
                .node("Unsqueeze s first -> u")
                .node("MatMul u v -> y")
                .output("y", 1, 4)
                .network();
        Network resized = behind(
                before(18)
                        .constant("sizes", 8, 16, 16)
                        .node("Resize r   sizes -> u", Map.of("axes", Sketch.ints(1L, 2L, 3L))),
                "u");
        Network padded = Sketch.opset(18)
                .input("x", -1, 3, 8, 8)
                .weight("w", 8, 3, 3, 3)
                .weight("v", 4, 10, 1, 1)
                .constant("pads", 2, 0, 0, 0, 0, 0, 0, 0)
                .constant("axes", 1, 2, 0, 3)
                .node("Conv x w -> a", PADDED)
                .node("Relu a -> r")
                .node("Pad r pads  axes -> p")
                .node("Conv p v -> y")
                .output("y", -1, 4, 8, 8)
                .network();
        return List.of(
                of("Squeeze of whatever is 1", squeezed, 2, 0, true),
                of("Resize by named axes", resized, 0, 0, true),
                of("Pad by axes in another order", padded, 0, 0, true));
    }

    /** Two matrix products around an activation, 12 columns between them. */
    private static Network dense() {
        return Sketch.opset(17)
                .input("x", -1, 16)
                .weight("w", 16, 12)
                .weight("v", 12, 4)
                .node("MatMul x w -> a")
                .node("Relu a -> r")
                .node("MatMul r v -> y")
                .output("y", -1, 4)
                .network();
    }

    private static ValueInfo value(String name, long... dims) {
        List<Dim> axes = new ArrayList<>();
        for (long dim : dims) {
            axes.add(dim < 0 ? new Dim.Unknown() : new Dim.Known(dim));
        }
        return ValueInfo.of(name, TensorType.of(ElementType.FLOAT, axes));
    }

    private static TensorType open(String batch, String height, String width) {
        return TensorType.of(
                ElementType.FLOAT,
                List.of(new Dim.Symbol(batch), new Dim.Known(3), new Dim.Symbol(height), new Dim.Symbol(width)));
    }

    /** As before IR version 4: every initializer is an input too. */
    private static void asOfOld(ModelProto.Builder model) {
        model.setIrVersion(3);
        for (TensorProto tensor : model.getGraph().getInitializerList()) {
            long[] dims =
                    tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
            model.getGraphBuilder().addInput(Messages.value(tensor.getName(), Messages.FLOAT, dims));
        }
    }

    private static void inNodes(ModelProto.Builder model) {
        GraphProto.Builder graph = model.getGraphBuilder();
        for (TensorProto tensor : List.copyOf(graph.getInitializerList())) {
            graph.addNode(Messages.node("Constant -> " + tensor.getName())
                    .clearInput()
                    .addAttribute(AttributeProto.newBuilder()
                            .setName("value")
                            .setType(AttributeProto.AttributeType.TENSOR)
                            .setT(tensor)));
        }
        graph.clearInitializer();
    }

    /** The second layer's weights are a few numbers among zeros. */
    private static void sparse(ModelProto.Builder model) {
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.removeInitializer(1)
                .addSparseInitializer(SparseTensorProto.newBuilder()
                        .setValues(Messages.floats("v", new float[] {1, -2, 3}, 3))
                        .setIndices(TensorProto.newBuilder()
                                .setDataType(Messages.INT64)
                                .addDims(3)
                                .addInt64Data(1)
                                .addInt64Data(10)
                                .addInt64Data(40))
                        .addDims(12)
                        .addDims(4));
    }

    private static void called(ModelProto.Builder model) {
        model.addOpsetImport(Messages.opset("lab", 1))
                .addFunctions(Messages.function("Twice", List.of("p"), "q", "Relu p -> t", "Add t t -> q"));
        model.getGraphBuilder().setNode(1, Messages.node("Twice a -> r").setDomain("lab"));
    }

    /** The same network with all of its floats of another type. */
    private static Network as(ElementType type, Network network) {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>();
        network.initializers().forEach((name, tensor) -> {
            long[] shape = tensor.dims().stream().mapToLong(Long::longValue).toArray();
            Tensor converted = Tensor.of(tensor.floats(), shape).to(Elements.dtype(type));
            initializers.put(
                    name, new ConstantTensor(name, type, tensor.dims(), converted.bytes(), List.of(), tensor.doc()));
        });
        return network.withInitializers(initializers)
                .withInputs(
                        network.inputs().stream().map(info -> as(type, info)).toList())
                .withOutputs(
                        network.outputs().stream().map(info -> as(type, info)).toList());
    }

    private static ValueInfo as(ElementType type, ValueInfo info) {
        TensorType old = info.type().orElseThrow();
        return new ValueInfo(info.name(), Optional.of(new TensorType(type, old.shape())), info.doc(), info.encoded());
    }

    /** Bytes of all kinds, so that no two rows are alike; as bfloat16 small numbers. */
    private static byte[] pattern(int count) {
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
            values[i] = (byte) (i % 2 == 1 ? 0x3d : (i * 37) % 128);
        }
        return values;
    }
}
