package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * How the numbers that a layer's weights meet go together: X·Xᵀ of its {@link ReceptiveFields}, a matrix for each group,
 * summed over places of the sample items drawn at random. The curvature of the squared error of the layer's output.
 */
final class SecondMoments {

    /** The largest field that has a matrix: 2,304² doubles are 42 MB. */
    private static final int MOST = 2304;

    private static final long PER_PASS = 8_000_000; // doubles of matrices, beside the items' values
    private static final int LEAST_PLACES = 1024;
    private static final int PLACES_PER_NUMBER = 3; // of a field
    private static final long SEED = 4;

    private SecondMoments() {}

    /** What is done with a layer's matrices, once they are complete. */
    interface Reader {
        /** @param moments of each group, in rows: full and symmetric */
        void read(LinearNode layer, double[][][] moments);
    }

    /** Runs the network on the items, a few layers at a time, so that few matrices are there at once. */
    static void each(Network network, Iterable<LinearNode> layers, List<Map<String, Tensor>> items, Reader reader) {
        Map<LinearNode, ReceptiveFields> pass = new LinkedHashMap<>();
        long doubles = 0;
        for (LinearNode layer : layers) {
            Optional<ReceptiveFields> fields =
                    ReceptiveFields.of(layer).filter(found -> found.size() > 0 && found.size() <= MOST);
            if (fields.isEmpty()) {
                continue;
            }
            long own = (long) fields.get().groups()
                    * fields.get().size()
                    * fields.get().size();
            if (doubles > 0 && doubles + own > PER_PASS) {
                pass(network, pass, items, reader);
                pass.clear();
                doubles = 0;
            }
            pass.put(layer, fields.get());
            doubles += own;
        }
        if (!pass.isEmpty()) {
            pass(network, pass, items, reader);
        }
    }

    private static void pass(
            Network network, Map<LinearNode, ReceptiveFields> layers, List<Map<String, Tensor>> items, Reader reader) {
        Map<LinearNode, double[][][]> moments = new LinkedHashMap<>();
        Set<String> probed = new LinkedHashSet<>();
        layers.forEach((layer, fields) -> {
            moments.put(layer, new double[fields.groups()][fields.size()][fields.size()]);
            probed.add(layer.node().inputs().get(0));
        });
        SplittableRandom random = new SplittableRandom(SEED);
        Probe.each(
                network,
                probed,
                items,
                item -> layers.forEach((layer, fields) -> {
                    String input = layer.node().inputs().get(0);
                    double[][][] sums = Optional.ofNullable(moments.get(layer)).orElseThrow();
                    int wanted = Math.max(LEAST_PLACES, PLACES_PER_NUMBER * fields.size());
                    int own = (wanted + items.size() - 1) / items.size();
                    add(fields, item.numbers(input), item.shape(input), own, random, sums);
                }));
        moments.forEach((layer, sums) -> {
            for (double[][] sum : sums) {
                mirror(sum);
            }
            reader.read(layer, sums);
        });
    }

    private static void add(
            ReceptiveFields fields,
            float[] values,
            long[] shape,
            int wanted,
            SplittableRandom random,
            double[][][] sums) {
        int places = fields.places(shape);
        double[] field = new double[fields.size()];
        for (int i = 0; i < Math.min(places, wanted); i++) {
            int place = places <= wanted ? i : random.nextInt(places);
            for (int group = 0; group < sums.length; group++) {
                fields.read(values, shape, place, group, field);
                if (ReceptiveFields.isFinite(field)) { // a single logarithm of 0 would leave no moment a number
                    addProduct(sums[group], field);
                }
            }
        }
    }

    private static void addProduct(double[][] sum, double[] field) {
        for (int row = 0; row < field.length; row++) {
            double factor = field[row];
            if (factor != 0) {
                double[] into = sum[row];
                for (int column = 0; column <= row; column++) {
                    into[column] += factor * field[column];
                }
            }
        }
    }

    /** Only what is below the diagonal was summed. */
    private static void mirror(double[][] sum) {
        for (int row = 0; row < sum.length; row++) {
            for (int column = 0; column < row; column++) {
                sum[column][row] = sum[row][column];
            }
        }
    }
}
