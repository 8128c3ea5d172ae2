package dev.narrows.augment;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The corruptions of images. Where the paper (Hendrycks and Dietterich 2019) has the kind, the tables are near its own
 * for ImageNet or CIFAR-10. Lengths in pixels are those of an image whose shorter side is 32; they grow with it.
 */
final class ImageCorruptions {

    private static final double REFERENCE_SIDE = 32;

    static final List<Graded> ALL = List.of(
            of("gaussian-noise", "deviation", List.of(.04, .08, .12, .18, .26), ImageCorruptions::gaussian),
            of(
                    "shot-noise",
                    "photons at white",
                    List.of(60., 25., 12., 5., 3.),
                    (values, planes, level, random) -> ShotNoise.count(values, level, random)),
            of(
                    "impulse-noise",
                    "share of values that become 0 or 1",
                    List.of(.03, .06, .09, .17, .27),
                    (values, planes, level, random) -> ImpulseNoise.strike(values, level, random)),
            of(
                    "gaussian-blur",
                    "deviation, px of 32",
                    List.of(.5, .75, 1., 1.5, 2.),
                    (values, planes, level, random) -> Blur.gaussian(values, planes, pixels(level, planes))),
            of(
                    "motion-blur",
                    "length, px of 32, any direction",
                    List.of(2.5, 4., 5.5, 7., 9.),
                    (values, planes, level, random) ->
                            MotionBlur.along(values, planes, pixels(level, planes), random.nextDouble(Math.PI))),
            of("brightness", "added", List.of(.1, .2, .3, .4, .5), (values, planes, level, random) -> {
                Light.brightness(values, level);
                return values;
            }),
            of("darkness", "share of the light that is left", List.of(.7, .5, .35, .22, .12), ImageCorruptions::dim),
            of("contrast", "factor about the mean", List.of(.7, .5, .35, .2, .1), (values, planes, level, random) -> {
                Light.contrast(values, level);
                return values;
            }),
            of(
                    "gradient-light",
                    "factor from 1 - a to 1 + a across, any direction",
                    List.of(.2, .4, .6, .8, 1.),
                    (values, planes, level, random) -> {
                        Light.gradient(values, planes, level, random.nextDouble(2 * Math.PI));
                        return values;
                    }),
            of(
                    "shadow",
                    "share of the light lost in it",
                    List.of(.3, .45, .6, .75, .9),
                    (values, planes, level, random) ->
                            Shadow.cast(values, planes, level, random.nextBoolean(), random)),
            of(
                    "jpeg",
                    "quality",
                    List.of(60., 35., 20., 12., 6.),
                    (values, planes, level, random) -> Jpeg.through(values, planes, level)),
            of(
                    "pixelate",
                    "blocks, px of 32",
                    List.of(1.5, 2., 2.7, 3.6, 5.),
                    (values, planes, level, random) -> Pixelate.blocks(values, planes, pixels(level, planes))),
            of(
                    "rotate",
                    "degrees, either way",
                    List.of(6., 12., 18., 24., 32.),
                    (values, planes, level, random) ->
                            Warp.turn(values, planes, random.nextBoolean() ? level : -level, 1, Fill.EDGE)),
            of(
                    "zoom",
                    "times larger or smaller",
                    List.of(1.1, 1.2, 1.3, 1.45, 1.6),
                    (values, planes, level, random) ->
                            Warp.turn(values, planes, 0, random.nextBoolean() ? level : 1 / level, Fill.EDGE)),
            of("shift", "px of 32 on each axis, either way", List.of(1., 2., 3., 4., 6.), ImageCorruptions::shift),
            of(
                    "occlusion",
                    "side of a grey square within, share of the shorter side",
                    List.of(.2, .3, .4, .5, .6),
                    ImageCorruptions::occlude));

    private ImageCorruptions() {}

    /** As {@link Graded.How}, where the item lies in planes. */
    private interface OnPlanes {
        float[] apply(float[] values, Planes planes, double level, RandomGenerator random);
    }

    private static Graded of(String name, String meaning, List<Double> levels, OnPlanes how) {
        return new Graded(
                name,
                meaning,
                levels,
                (values, shape, level, random) ->
                        Clamp.unit(how.apply(values, Planes.of(values, shape), level, random)));
    }

    private static double pixels(double ofReference, Planes planes) {
        return ofReference * planes.side() / REFERENCE_SIDE;
    }

    private static float[] gaussian(float[] values, Planes planes, double level, RandomGenerator random) {
        float[] noise = new Gauss(random).draw(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) level * noise[i];
        }
        return values;
    }

    private static float[] dim(float[] values, Planes planes, double level, RandomGenerator random) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) level;
        }
        return values;
    }

    private static float[] shift(float[] values, Planes planes, double level, RandomGenerator random) {
        int distance = (int) Math.max(1, Math.round(pixels(level, planes)));
        int right = random.nextBoolean() ? distance : -distance;
        int down = random.nextBoolean() ? distance : -distance;
        return Shift.move(values, planes, right, down, Fill.EDGE);
    }

    private static float[] occlude(float[] values, Planes planes, double level, RandomGenerator random) {
        int side = (int) Math.max(1, Math.round(level * planes.side()));
        int left = random.nextInt(planes.width() - side + 1);
        int top = random.nextInt(planes.height() - side + 1);
        return Erase.square(values, planes, left, top, side);
    }
}
