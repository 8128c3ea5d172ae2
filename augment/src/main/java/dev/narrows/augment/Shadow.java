package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * A shadow with a soft edge on an image: half of the time that of a wall (a half-plane), else that of a thing (a
 * polygon of four edges).
 *
 * @param darkness the share of light that is lost in the shadow, 0 to 1
 */
record Shadow(Range darkness) implements Augmentation {

    private static final int EDGES = 4;
    /** From light to dark, as a share of the shorter side. */
    private static final double SOFT = 0.12;

    Shadow {
        Check.between("shadow", darkness, 0, 1);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        return cast(values, Planes.of(values, shape), darkness.draw(random), random.nextBoolean(), random);
    }

    /** The image with the shadow of a wall or of a polygon, at a random place. */
    static float[] cast(float[] values, Planes planes, double darkness, boolean wall, RandomGenerator random) {
        int edges = wall ? 1 : EDGES;
        double side = planes.side();
        double middleX = (planes.width() - 1) / 2.0 + side * random.nextDouble(-0.25, 0.25);
        double middleY = (planes.height() - 1) / 2.0 + side * random.nextDouble(-0.25, 0.25);
        double turn = random.nextDouble(2 * Math.PI);
        // Of each edge: its normal, which points into the shadow, and its distance from the middle.
        double[] normalX = new double[edges];
        double[] normalY = new double[edges];
        double[] distance = new double[edges];
        for (int edge = 0; edge < edges; edge++) {
            double angle = turn + 2 * Math.PI * (edge + (wall ? 0 : random.nextDouble(-0.15, 0.15))) / edges;
            normalX[edge] = Math.cos(angle);
            normalY[edge] = Math.sin(angle);
            distance[edge] = wall ? 0 : side * random.nextDouble(0.2, 0.45);
        }
        double soft = Math.max(1, SOFT * side);
        for (int y = 0; y < planes.height(); y++) {
            for (int x = 0; x < planes.width(); x++) {
                double inside = Double.MAX_VALUE;
                for (int edge = 0; edge < edges; edge++) {
                    inside = Math.min(
                            inside, distance[edge] + normalX[edge] * (x - middleX) + normalY[edge] * (y - middleY));
                }
                double t = Math.max(0, Math.min(1, 0.5 + inside / soft));
                float light = (float) (1 - darkness * t * t * (3 - 2 * t));
                for (int at = y * planes.width() + x; at < values.length; at += planes.plane()) {
                    values[at] *= light;
                }
            }
        }
        return Clamp.unit(values);
    }
}
