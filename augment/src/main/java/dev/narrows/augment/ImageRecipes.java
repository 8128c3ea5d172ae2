package dev.narrows.augment;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/** The augmentations of images by name. */
final class ImageRecipes {

    static final List<Recipe<Medium.Image>> ALL = List.of(
            filled("shift", "2", Fill.ZERO, Range::around, "moved on each axis by ± this many pixels", Shift::new),
            new Recipe<>(
                    "flip", "", Optional.empty(), 0.5, Range::exactly, "left becomes right", (a, b, c) -> new Flip()),
            filled(
                    "crop",
                    "4",
                    Fill.ZERO,
                    Range::exactly,
                    "padded by this many pixels and cut back at a random place",
                    (range, fill) -> new Crop((int) Math.round(range.high()), fill)),
            filled("rotate", "10", Fill.EDGE, Range::around, "turned by ± this many degrees, bilinear", Rotate::new),
            filled(
                    "zoom",
                    "0.1",
                    Fill.EDGE,
                    Range::aboutOne,
                    "magnified 1 ± this many times (a-b: a to b times), bilinear",
                    Zoom::new),
            recipe(
                    "light",
                    "0.3",
                    Range::upTo,
                    "gamma, contrast, brightness, light from one side; strength up to this",
                    Light::new),
            recipe(
                    "shadow",
                    "0.5",
                    Range::upTo,
                    "a soft-edged shadow that takes up to this share of the light",
                    Shadow::new),
            recipe("blur", "1", Range::upTo, "out of focus: a Gaussian's deviation, up to this many pixels", Blur::new),
            recipe(
                    "motion",
                    "4",
                    Range::upTo,
                    "smeared over up to this many pixels in a random direction",
                    MotionBlur::new),
            recipe(
                    "jpeg",
                    "30",
                    low -> new Range(low, Math.max(low, 95)),
                    "encoded and decoded at a quality from this to 95",
                    Jpeg::new),
            recipe(
                    "noise",
                    "0.05",
                    Range::upTo,
                    "a sensor's shot and read noise: deviation at white, up to this",
                    SensorNoise::new),
            recipe(
                    "erase",
                    "0.5",
                    Range::exactly,
                    "a square becomes grey, its side this share of the shorter side (cutout)",
                    Erase::new),
            recipe(
                    "pixelate",
                    "2",
                    most -> new Range(Math.min(1, most), most),
                    "blocks of up to this many pixels show their mean",
                    Pixelate::new));

    private ImageRecipes() {}

    private interface OfRange {
        Augmentation make(Range range);
    }

    private interface OfFilled {
        Augmentation make(Range range, Fill fill);
    }

    private static Recipe<Medium.Image> recipe(
            String name, String usual, DoubleFunction<Range> alone, String meaning, OfRange of) {
        return new Recipe<>(name, usual, Optional.empty(), 1, alone, meaning, (range, fill, image) -> of.make(range));
    }

    private static Recipe<Medium.Image> filled(
            String name, String usual, Fill usualFill, DoubleFunction<Range> alone, String meaning, OfFilled of) {
        return new Recipe<>(
                name,
                usual,
                Optional.of(usualFill),
                1,
                alone,
                meaning + "; zero or edge (" + usualFill.word() + ")",
                (range, fill, image) -> of.make(range, fill));
    }
}
