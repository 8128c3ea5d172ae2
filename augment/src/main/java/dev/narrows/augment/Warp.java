package dev.narrows.augment;

/** An image turned and magnified about its centre, by bilinear interpolation. */
final class Warp {

    private Warp() {}

    /**
     * The image turned and magnified.
     *
     * @param degrees counter-clockwise
     * @param factor above 1 magnifies
     */
    static float[] turn(float[] values, Planes planes, double degrees, double factor, Fill fill) {
        if (degrees == 0 && factor == 1) {
            return values;
        }
        int height = planes.height();
        int width = planes.width();
        int plane = planes.plane();
        double cosine = Math.cos(Math.toRadians(degrees)) / factor;
        double sine = Math.sin(Math.toRadians(degrees)) / factor;
        double middleX = (width - 1) / 2.0;
        double middleY = (height - 1) / 2.0;
        float[] turned = new float[values.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                // Where this pixel was; y points down.
                double sourceX = middleX + cosine * (x - middleX) - sine * (y - middleY);
                double sourceY = middleY + sine * (x - middleX) + cosine * (y - middleY);
                sample(values, planes, sourceX, sourceY, fill, turned, y * width + x, plane);
            }
        }
        return turned;
    }

    private static void sample(
            float[] values, Planes planes, double x, double y, Fill fill, float[] target, int at, int plane) {
        int height = planes.height();
        int width = planes.width();
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        float toRight = (float) (x - left);
        float toBottom = (float) (y - top);
        int x0 = Math.max(0, Math.min(width - 1, left));
        int x1 = Math.max(0, Math.min(width - 1, left + 1));
        int y0 = Math.max(0, Math.min(height - 1, top));
        int y1 = Math.max(0, Math.min(height - 1, top + 1));
        float w00 = (1 - toRight) * (1 - toBottom);
        float w01 = toRight * (1 - toBottom);
        float w10 = (1 - toRight) * toBottom;
        float w11 = toRight * toBottom;
        if (fill == Fill.ZERO) {
            boolean west = x0 == left;
            boolean east = x1 == left + 1;
            boolean north = y0 == top;
            boolean south = y1 == top + 1;
            w00 = west && north ? w00 : 0;
            w01 = east && north ? w01 : 0;
            w10 = west && south ? w10 : 0;
            w11 = east && south ? w11 : 0;
        }
        int first = y0 * width;
        int second = y1 * width;
        for (int start = 0, to = at; start < values.length; start += plane, to += plane) {
            float value = w00 * values[start + first + x0]
                    + w01 * values[start + first + x1]
                    + w10 * values[start + second + x0]
                    + w11 * values[start + second + x1];
            target[to] = Math.max(0f, Math.min(1f, value));
        }
    }
}
