package dev.narrows.shrink;

import java.util.Locale;

/** How weights get onto their grids. */
public enum Rounding {
    /** Each to the nearest step. */
    NEAREST,
    /** So that those that follow make up for the error of those before ({@link Gptq}). */
    GPTQ,
    /** As GPTQ, and then up or down as long as the layer's error falls ({@link CoordinateDescent}). */
    DESCENT;

    /** The levels of a channel's weights. */
    int[] levels(double[] weights, LevelGrid grid, Curvature curvature) {
        if (this == NEAREST) {
            return nearest(weights, grid);
        }
        int[] levels = Gptq.levels(weights, grid, curvature);
        if (this == DESCENT) {
            CoordinateDescent.improve(weights, levels, grid, curvature);
        }
        return levels;
    }

    static int[] nearest(double[] weights, LevelGrid grid) {
        int[] levels = new int[weights.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = grid.nearest(i, weights[i]);
        }
        return levels;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
