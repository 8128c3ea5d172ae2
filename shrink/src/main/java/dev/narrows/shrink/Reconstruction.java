package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Lets the weights that stay make up for the channels that go: layer by layer, in the network's order, each is fitted by least
 * squares so that on what it meets in the smaller network it makes what it made in the whole one (He, Zhang, Sun 2017). No
 * labels, no training. A layer of which nothing of its input goes is fitted too: what comes before is no longer what it was.
 * Places where a layer meets what is no number do not count; a layer is left as it is if no place is left, or if its numbers
 * of places depend on the items.
 */
final class Reconstruction {

    /** The largest field that is fitted, by the memory and the time that it takes. */
    private static final int MOST = 2304;

    private static final int LEAST_PLACES = 1024;
    private static final int PLACES_PER_NUMBER = 8; // of a field
    private static final int LEAST_PLACES_PER_NUMBER = 3;
    private static final double WORK = 1e10; // squares of fields, above LEAST_PLACES_PER_NUMBER
    private static final long SEED = 4;

    private final ChannelGraph graph;
    private final Set<Integer> removed;
    private final List<Map<String, Tensor>> items;
    private final Map<String, ConstantTensor> weights;

    private Reconstruction(
            ChannelGraph graph,
            Set<Integer> removed,
            Map<String, ConstantTensor> masked,
            List<Map<String, Tensor>> items) {
        this.graph = graph;
        this.removed = removed;
        this.items = items;
        weights = new LinkedHashMap<>(masked);
    }

    /**
     * All that the network holds, with the weights of readers as they are to be.
     *
     * @param removed classes of {@link ChannelGraph#classes}
     * @param masked what it holds with 0 for weights that read one
     * @param items to see on what layers meet
     * @param done is called after each of {@link #layers}, with whether it was fitted
     */
    static Map<String, ConstantTensor> weights(
            ChannelGraph graph,
            Shapes shapes,
            Set<Integer> removed,
            Map<String, ConstantTensor> masked,
            List<Map<String, Tensor>> items,
            Consumer<Boolean> done) {
        if (items.isEmpty()) {
            throw new InvalidException("items: none (expected: some, to see what layers read)");
        }
        Reconstruction reconstruction = new Reconstruction(graph, removed, masked, items);
        int first = graph.readers().stream()
                .filter(reconstruction::isCut)
                .mapToInt(ChannelGraph.Reader::node)
                .min()
                .orElse(Integer.MAX_VALUE);
        layers(graph, shapes).forEach((reader, layer) -> {
            // what comes before meets what it met
            done.accept(reader.node() >= first && reconstruction.fit(reader, layer));
        });
        return reconstruction.weights;
    }

    private boolean goes(int id) {
        return removed.contains(graph.classes().of(id));
    }

    /** Whether something of what it reads goes. */
    private boolean isCut(ChannelGraph.Reader reader) {
        return reader.ids().stream().flatMapToInt(Arrays::stream).anyMatch(this::goes);
    }

    /** The layers that can be fitted: float32 weights that no other node reads, and fields that are known. */
    static Map<ChannelGraph.Reader, LinearNode> layers(ChannelGraph graph, Shapes shapes) {
        Patch wiring = Patch.of(graph.network(), shapes);
        Map<ChannelGraph.Reader, LinearNode> layers = new LinkedHashMap<>();
        for (ChannelGraph.Reader reader : graph.readers()) {
            QuantizationPlan.layer(wiring, shapes, graph.network().nodes().get(reader.node()))
                    .filter(layer -> layer.weight().name().equals(reader.weight()))
                    .filter(layer -> graph.isOnlyRead(reader.weight()))
                    .filter(layer -> shapes.steady(layer.node().inputs().get(0)).isPresent()) // else rows differ
                    .filter(layer -> ReceptiveFields.of(layer)
                            .filter(fields -> fields.size() > 0 && fields.size() <= MOST)
                            .isPresent())
                    .ifPresent(layer -> layers.put(reader, layer));
        }
        return layers;
    }

    /** @return whether it could be */
    private boolean fit(ChannelGraph.Reader reader, LinearNode layer) {
        ReceptiveFields fields = ReceptiveFields.of(layer).orElseThrow();
        List<float[][]> before = met(graph.network(), layer, fields);
        List<float[][]> now = met(graph.network().withInitializers(weights), layer, fields);
        boolean[] usable = usable(before, now);
        before = left(before, usable);
        now = left(now, usable);
        if (before.isEmpty() || before.get(0).length == 0) {
            return false;
        }
        float[] values = layer.weight().floats().clone();
        Optional<Offset> offset = offset(layer);
        int channels = layer.channels();
        int size = fields.size();
        int stride = QuantizedWeights.axis(layer) == 0 ? 1 : channels; // between weights of a channel
        int perGroup = channels / fields.groups();
        for (int group = 0; group < fields.groups(); group++) {
            int[] ids = reader.ids().get(reader.ids().size() == 1 ? 0 : group);
            int[] stays = new int[size];
            int left = 0;
            for (int i = 0; i < size; i++) {
                if (!goes(ids[i / (size / ids.length)])) {
                    stays[left++] = i;
                }
            }
            int[] firsts = new int[perGroup]; // of each channel's weights
            for (int i = 0; i < perGroup; i++) {
                int channel = group * perGroup + i;
                firsts[i] = stride == 1 ? channel * size : channel;
            }
            Ridge ridge = new Ridge(
                    before.get(group), now.get(group), Arrays.copyOf(stays, left), firsts, stride, offset.isPresent());
            double[] more = ridge.fit(values);
            for (int i = 0; i < perGroup && offset.isPresent(); i++) {
                offset.get().values()[group * perGroup + i] +=
                        (float) (offset.get().sign() * more[i]);
            }
        }
        if (!isFinite(values) || !offset.map(own -> isFinite(own.values())).orElse(true)) {
            return false;
        }
        weights.put(
                reader.weight(),
                ConstantTensor.of(reader.weight(), layer.weight().dims(), values));
        offset.ifPresent(own -> weights.put(
                own.tensor().name(),
                ConstantTensor.of(own.tensor().name(), own.tensor().dims(), own.values())));
        return true;
    }

    /** The places at which all groups meet numbers in both networks; none if the two have not as many places. */
    private static boolean[] usable(List<float[][]> before, List<float[][]> now) {
        boolean[] usable = new boolean[before.isEmpty() ? 0 : before.get(0).length];
        for (int place = 0; place < usable.length; place++) {
            usable[place] = true;
            for (int group = 0; group < before.size(); group++) {
                usable[place] &= now.get(group).length == usable.length
                        && isFinite(before.get(group)[place])
                        && isFinite(now.get(group)[place]);
            }
        }
        return usable;
    }

    private static List<float[][]> left(List<float[][]> groups, boolean[] usable) {
        return groups.stream()
                .map(places -> IntStream.range(0, Math.min(places.length, usable.length))
                        .filter(place -> usable[place])
                        .mapToObj(place -> places[place])
                        .toArray(float[][]::new))
                .toList();
    }

    private static boolean isFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /**
     * What is added to a layer's products.
     *
     * @param values of {@code tensor}, to be changed
     * @param sign -1 if they are taken off
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, compared never
    private record Offset(ConstantTensor tensor, float[] values, int sign) {}

    /** A layer's bias, else the mean of a batch normalisation that alone reads it; empty if there is neither to be changed. */
    private Optional<Offset> offset(LinearNode layer) {
        Node node = layer.node();
        if (node.inputs().size() > 2 && !node.inputs().get(2).isEmpty()) {
            return offset(node.inputs().get(2), layer.channels(), 1);
        }
        String made = node.outputs().get(0);
        return graph.network().nodes().stream()
                .filter(reader -> reader.is("BatchNormalization")
                        && reader.inputs().get(0).equals(made))
                .filter(reader -> graph.isOnlyRead(made) && layer.axis() == 1) // it normalises that axis
                .findFirst()
                .flatMap(reader -> offset(reader.inputs().get(3), layer.channels(), -1));
    }

    private Optional<Offset> offset(String name, int channels, int sign) {
        return Optional.ofNullable(weights.get(name))
                .filter(tensor ->
                        tensor.type() == ElementType.FLOAT && tensor.elements() == channels && graph.isOnlyRead(name))
                .map(tensor -> new Offset(tensor, tensor.floats().clone(), sign));
    }

    /** Fields at places drawn at random, the same in any network of these shapes; for each group. */
    private List<float[][]> met(Network network, LinearNode layer, ReceptiveFields fields) {
        String input = layer.node().inputs().get(0);
        int size = fields.size();
        double perNumber = Math.min(PLACES_PER_NUMBER, Math.max(LEAST_PLACES_PER_NUMBER, WORK / Math.pow(size, 3)));
        int wanted = (int) Math.max(LEAST_PLACES, perNumber * size);
        int each = (wanted + items.size() - 1) / items.size();
        List<List<float[]>> found = new ArrayList<>();
        for (int group = 0; group < fields.groups(); group++) {
            found.add(new ArrayList<>());
        }
        SplittableRandom random = new SplittableRandom(SEED);
        double[] field = new double[size];
        Probe.each(network, Set.of(input), items, item -> {
            int places = fields.places(item.shape(input));
            for (int i = 0; i < Math.min(places, each); i++) {
                int place = places <= each ? i : random.nextInt(places);
                for (int group = 0; group < fields.groups(); group++) {
                    fields.read(item.numbers(input), item.shape(input), place, group, field);
                    float[] kept = new float[size];
                    for (int j = 0; j < size; j++) {
                        kept[j] = (float) field[j];
                    }
                    found.get(group).add(kept);
                }
            }
        });
        return found.stream().map(group -> group.toArray(float[][]::new)).toList();
    }
}
