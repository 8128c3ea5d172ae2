package dev.narrows.shrink;

/** What the weights of a channel may become: whole levels, each weight with a step and a zero of its own or of its group's. */
interface LevelGrid {

    int lowest();

    int highest();

    /** The step between levels of this weight; below 0 where levels count downwards. */
    double step(int weight);

    /** The level of this weight that is 0. */
    int zero(int weight);

    default double value(int weight, int level) {
        return step(weight) * (level - zero(weight));
    }

    /** The level nearest to a value, ties to even. */
    default int nearest(int weight, double value) {
        return within(Math.rint(value / step(weight)) + zero(weight));
    }

    /** The level, or the last one on its side. */
    default int within(double level) {
        return (int) Math.max(lowest(), Math.min(highest(), level));
    }

    /** A grid whose steps, each of so many neighbours, can be chosen anew. */
    interface Scaled extends LevelGrid {

        /** How many neighbours share a step; the last ones may be fewer. */
        int group();

        /** Takes the step for a group, or the nearest number that can be held; 0 is left as it was. */
        void rescale(int group, double step);
    }
}
