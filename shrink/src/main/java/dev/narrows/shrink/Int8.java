package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Validator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Predicate;

/** Static quantisation to bytes: seen once on sample items, quantised as often as is asked for. */
public final class Int8 {

    private final Network network;
    private final Shapes shapes;
    private final QuantizationPlan everything;
    private final Calibration calibration;
    private final Map<String, DoubleUnaryOperator> functions; // that are all that reads a value
    private final Map<Rounding, LayerRounding> roundings = new EnumMap<>(Rounding.class);
    private final Map<RangeOf, Range> ranges = new HashMap<>();

    private record RangeOf(String value, CalibrationMethod method, ActivationGrid grid) {}

    private Int8(
            Network network,
            Shapes shapes,
            QuantizationPlan everything,
            Calibration calibration,
            List<Map<String, Tensor>> items) {
        this.network = network;
        this.shapes = shapes;
        this.everything = everything;
        this.calibration = calibration;
        functions = SaturatingReaders.of(network, shapes);
        Curvatures curvatures = Curvatures.of(
                reader -> SecondMoments.each(network, everything.layers().values(), items, reader));
        for (Rounding rounding : Rounding.values()) {
            roundings.put(rounding, new LayerRounding(rounding, curvatures));
        }
    }

    /**
     * Sees what activations are like.
     *
     * @param network in float32, with its batch normalisations folded ({@link Fusing}); one older than opset 10 becomes
     *     one of opset 10
     * @param items of one each, as many as are representative
     * @throws UnsupportedException if it has no layer that can be quantised, is older than opset 10 with an operator whose
     *     form changed, or has one that the runtime gets wrong on bytes
     */
    public static Int8 calibrated(Network network, Shapes shapes, List<Map<String, Tensor>> items) {
        Network raised = OpsetRaising.toBytes(network);
        QuantizationPlan everything = everything(raised, shapes);
        return new Int8(raised, shapes, everything, Calibration.of(raised, everything, items), items);
    }

    /** The same; if {@code equalized}, with channels scaled between layers first. */
    static Int8 calibrated(Network network, Shapes shapes, List<Map<String, Tensor>> items, boolean equalized) {
        return calibrated(equalized ? Equalization.equalized(network, shapes, items) : network, shapes, items);
    }

    /**
     * How many layers of a network can be quantised, without a look at activations.
     *
     * @throws UnsupportedException as {@link #calibrated} does
     */
    static int layers(Network network, Shapes shapes) {
        return everything(OpsetRaising.toBytes(network), shapes).layers().size();
    }

    private static QuantizationPlan everything(Network raised, Shapes shapes) {
        QuantizationPlan everything = QuantizationPlan.of(raised, shapes, node -> true);
        if (everything.layers().isEmpty()) {
            boolean integers = raised.nodes().stream()
                    .anyMatch(node -> node.opType().equals("DequantizeLinear")
                            || node.opType().startsWith("QLinear"));
            throw new UnsupportedException(
                    "layers: none that can be quantised" + (integers ? ", the network is quantised already" : "")
                            + " (expected: Conv, Gemm or MatMul with float32 weights that the file holds), network \""
                            + raised.name() + "\"");
        }
        NamedAxes.refuse(raised, everything);
        return everything;
    }

    /** The nodes that can be layers of bytes, in the network's order. */
    public List<Node> layers() {
        return everything.layers().keySet().stream().map(network.nodes()::get).toList();
    }

    /**
     * The quantised network.
     *
     * @param wanted which layers; the others stay in float32
     */
    public Network quantized(Int8Options options, Predicate<Node> wanted) {
        return written(options, wanted).network();
    }

    /**
     * The quantised network in a form whose weights can be taught.
     *
     * @param wanted which layers; the others stay in float32
     */
    public FakeQuantization fakeQuantization(Int8Options options, Predicate<Node> wanted) {
        Quantizer.Written written = written(options, wanted);
        return new FakeQuantization(written.network(), written.layers(), options.weightLimit());
    }

    private Quantizer.Written written(Int8Options options, Predicate<Node> wanted) {
        QuantizationPlan plan = QuantizationPlan.of(network, shapes, wanted);
        Map<String, Range> planned = new HashMap<>();
        for (String value : plan.values()) {
            String source = value;
            while (plan.sameGrid().containsKey(source)) {
                source = plan.sameGrid().get(source);
            }
            planned.put(
                    value,
                    ranges.computeIfAbsent(new RangeOf(source, options.method(), options.activations()), this::range));
        }
        LayerRounding rounding =
                Optional.ofNullable(roundings.get(options.rounding())).orElseThrow();
        Quantizer.Written written = Quantizer.written(network, plan, planned, calibration, options, rounding);
        Validator.check(written.network());
        return written;
    }

    private Range range(RangeOf asked) {
        DoubleUnaryOperator function = functions.get(asked.value());
        return function == null || asked.grid() == ActivationGrid.SIGNED
                ? calibration.range(asked.value(), asked.method(), asked.grid())
                : calibration.range(asked.value(), asked.method(), function);
    }

    /**
     * How much of the answers is lost when one layer alone is quantised.
     *
     * @param layer what the node is called
     * @param macs that it does for an item
     * @param outputBytes of what it makes, in float32
     * @param signalToNoise of the outputs, in decibel
     */
    public record Sensitivity(Node layer, String name, long macs, long outputBytes, double signalToNoise) {

        private static final int MACS_PER_BYTE =
                4; // what is moved takes time too, most of all between floats and bytes

        /** The noise, relative to the signal, for each unit of work that is saved: what is to stay in float32 first. */
        double noisePerWork() {
            return Math.pow(10, -signalToNoise / 10) / (macs + MACS_PER_BYTE * (double) outputBytes);
        }
    }

    /**
     * Quantises each layer alone.
     *
     * @param reference the network's answers
     * @param done is called after each layer
     * @return the layers, the one that loses most first
     */
    public List<Sensitivity> sensitivities(Int8Options options, Reference reference, Runnable done) {
        List<Costs.NodeCost> costs = Costs.of(network, shapes);
        List<Sensitivity> found = new ArrayList<>();
        for (int index : everything.layers().keySet()) {
            Node layer = network.nodes().get(index);
            Network alone = quantized(options, Collections.singleton(layer)::contains);
            found.add(new Sensitivity(
                    layer,
                    layer.label(),
                    costs.get(index).macs(),
                    costs.get(index).outputBytes(),
                    reference.difference(alone).signalToNoise()));
            done.run();
        }
        found.sort(Comparator.comparingDouble(Sensitivity::signalToNoise));
        return List.copyOf(found);
    }

    /**
     * The least of the first layers kept in float32 so that a network is good enough, by bisection: more layers in float32
     * are taken to be no worse.
     *
     * @param wanted which layers may be quantised at all
     * @param sensitivities in the order in which layers are to stay in float32
     * @param good whether a quantised network is good enough
     * @return how many of the first are kept; all if nothing is good enough
     */
    public int kept(
            Int8Options options, Predicate<Node> wanted, List<Sensitivity> sensitivities, Predicate<Network> good) {
        int least = 0;
        int most = sensitivities.size();
        while (least < most) {
            int middle = (least + most) / 2;
            if (good.test(quantized(options, wanted, sensitivities, middle))) {
                most = middle;
            } else {
                least = middle + 1;
            }
        }
        return least;
    }

    /** The layers on bytes between so much on floats that converting takes longer than they save. */
    List<Node> notWorthTheirBorders(Predicate<Node> wanted) {
        return ByteRegions.notWorthTheirBorders(
                network, QuantizationPlan.of(network, shapes, wanted), Costs.of(network, shapes));
    }

    /** The network with the {@code kept} most sensitive layers left in float32. */
    public Network quantized(Int8Options options, Predicate<Node> wanted, List<Sensitivity> sensitivities, int kept) {
        Set<Node> left = Collections.newSetFromMap(new IdentityHashMap<>());
        sensitivities.subList(0, kept).forEach(one -> left.add(one.layer()));
        return quantized(options, node -> wanted.test(node) && !left.contains(node));
    }
}
