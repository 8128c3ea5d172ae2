package dev.narrows.shrink;

import dev.narrows.graph.Network;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How the rows of a {@link WeightMatrix} get onto their grids: with regard to what reads it, where that is one layer. */
final class BlockRounding {

    /** Each weight to the nearest level. */
    static final BlockRounding NEAREST = new BlockRounding(Rounding.NEAREST, weight -> Optional.empty());

    private static final int TURNS = 4;

    private final Rounding rounding;
    private final Function<String, Optional<Curvature[]>> curvatures; // of the layer that reads a weight

    private BlockRounding(Rounding rounding, Function<String, Optional<Curvature[]>> curvatures) {
        this.rounding = rounding;
        this.curvatures = curvatures;
    }

    /** Of a network's weights. */
    static BlockRounding of(Network network, Rounding rounding, Curvatures curvatures) {
        if (rounding == Rounding.NEAREST) {
            return NEAREST;
        }
        Map<String, List<Integer>> users = network.users();
        return new BlockRounding(
                rounding,
                weight -> Optional.ofNullable(users.get(weight))
                        .filter(readers -> readers.size() == 1)
                        .flatMap(readers -> curvatures.ofOutput(
                                network.nodes().get(readers.get(0)).outputs().get(0))));
    }

    /** Those of equal shares of the rows; none if they are not known. */
    Curvature[] curvatures(WeightMatrix matrix) {
        return curvatures.apply(matrix.tensor().name()).orElse(new Curvature[0]);
    }

    /**
     * The levels of a row. By descent, its steps are chosen anew by turns with them.
     *
     * @param known its matrix's {@link #curvatures}
     * @param share of the rows that it belongs to
     */
    int[] levels(double[] weights, LevelGrid.Scaled grid, Curvature[] known, int share) {
        if (known.length == 0) {
            return Rounding.nearest(weights, grid);
        }
        int[] levels = rounding.levels(weights, grid, known[share]);
        for (int turn = 0; turn < TURNS && rounding == Rounding.DESCENT; turn++) {
            CoordinateDescent.rescale(weights, levels, grid, known[share]);
            CoordinateDescent.improve(weights, levels, grid, known[share]);
        }
        return levels;
    }
}
