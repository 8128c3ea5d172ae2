package dev.narrows.gradient;

import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ResizesTest {

    private static final List<String> TRANSFORMATIONS =
            List.of("asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners");

    private static final Tensor SQUARE = values(1, 2, 3, 5, 4);

    private static Tensor floats(float... values) {
        return Tensor.of(values, values.length);
    }

    private static Tensor longs(long... values) {
        return Tensor.of(values, values.length);
    }

    private static OperatorCheck scaled(long opset, Tensor x, float... scales) {
        OperatorCheck check = OperatorCheck.of("Resize", opset).input(x);
        return (opset < 13 ? check.weight(floats()) : check.none()).weight(floats(scales)); // the region is obligatory
    }

    private static OperatorCheck sized(long opset, Tensor x, long... sizes) {
        return OperatorCheck.of("Resize", opset).input(x).none().none().weight(longs(sizes));
    }

    @Test
    void nearest_everyModeUpAndDown_isAsTheRuntimes() {
        for (String transformation : TRANSFORMATIONS) {
            for (String nearest : List.of("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")) {
                scaled(13, SQUARE, 1, 1, 2, 3)
                        .with("coordinate_transformation_mode", transformation)
                        .with("nearest_mode", nearest)
                        .forward(0);
                scaled(13, SQUARE, 1, 1, 0.6f, 0.5f)
                        .with("coordinate_transformation_mode", transformation)
                        .with("nearest_mode", nearest)
                        .forward(0);
                sized(13, SQUARE, 2, 3, 7, 9)
                        .with("coordinate_transformation_mode", transformation)
                        .with("nearest_mode", nearest)
                        .forward(0);
                sized(13, SQUARE, 2, 3, 1, 3)
                        .with("coordinate_transformation_mode", transformation)
                        .with("nearest_mode", nearest)
                        .forward(0)
                        .gradients();
            }
        }
    }

    @Test
    void nearest_anyLengths_picksTheRuntimesElements() {
        SplittableRandom random = new SplittableRandom(11);
        for (String transformation : TRANSFORMATIONS) {
            for (String nearest : List.of("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")) {
                for (int i = 0; i < 6; i++) {
                    Tensor x = values(i, 1, 1, random.nextInt(1, 60), random.nextInt(1, 60));
                    sized(13, x, 1, 1, random.nextInt(1, 90), random.nextInt(1, 90))
                            .with("coordinate_transformation_mode", transformation)
                            .with("nearest_mode", nearest)
                            .forward(0);
                }
            }
        }
    }

    @Test
    void linear_everyModeUpAndDown_isAsTheRuntimes() {
        for (String transformation : TRANSFORMATIONS) {
            scaled(13, SQUARE, 1, 1, 2, 3)
                    .with("mode", "linear")
                    .with("coordinate_transformation_mode", transformation)
                    .forward()
                    .gradients();
            scaled(11, SQUARE, 1, 1, 0.6f, 0.5f)
                    .with("mode", "linear")
                    .with("coordinate_transformation_mode", transformation)
                    .forward()
                    .gradients();
            sized(19, SQUARE, 2, 3, 1, 9)
                    .with("mode", "linear")
                    .with("coordinate_transformation_mode", transformation)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void cubic_everyModeUpAndDown_isAsTheRuntimes() {
        for (String transformation : TRANSFORMATIONS) {
            for (long outside = 0; outside <= 1; outside++) {
                scaled(13, SQUARE, 1, 1, 2, 3)
                        .with("mode", "cubic")
                        .with("exclude_outside", outside)
                        .with("coordinate_transformation_mode", transformation)
                        .forward()
                        .gradients();
                scaled(13, SQUARE, 1, 1, 0.6f, 0.5f)
                        .with("mode", "cubic")
                        .with("cubic_coeff_a", -0.5f)
                        .with("exclude_outside", outside)
                        .with("coordinate_transformation_mode", transformation)
                        .forward();
            }
        }
    }

    @Test
    void resize_oneAndThreeAxes_isAsTheRuntimes() {
        for (String mode : List.of("nearest", "linear")) {
            scaled(13, values(2, 2, 3, 7), 1, 1, 1.7f)
                    .with("mode", mode)
                    .forward()
                    .gradients();
            scaled(13, values(3, 1, 2, 3, 4, 5), 1, 1, 2, 1.5f, 0.7f)
                    .with("mode", mode)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void resize_opset10_isAsTheRuntimes() {
        for (String mode : List.of("nearest", "linear")) {
            for (float scale : new float[] {0.4f, 0.6f, 1.3f, 2, 3.5f}) {
                OperatorCheck.of("Resize", 10)
                        .input(SQUARE)
                        .weight(floats(1, 1, scale, 2))
                        .with("mode", mode)
                        .forward()
                        .gradients();
            }
        }
    }

    @Test
    void upsample_bothVersions_isAsTheRuntimes() {
        for (String mode : List.of("nearest", "linear")) {
            OperatorCheck.of("Upsample", 7)
                    .input(SQUARE)
                    .attribute("scales", new Attribute.Floats(List.of(1f, 1f, 2f, 1.5f)))
                    .with("mode", mode)
                    .forward()
                    .gradients();
            OperatorCheck.of("Upsample", 9)
                    .input(SQUARE)
                    .weight(floats(1, 1, 2, 3))
                    .with("mode", mode)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void resize_opset11WithEmptyRoiAndScales_isAsTheRuntimes() {
        OperatorCheck.of("Resize", 11)
                .input(SQUARE)
                .weight(floats())
                .weight(floats())
                .weight(longs(2, 3, 10, 8))
                .forward()
                .gradients();
    }

    @Test
    void resize_chosenAxesAndPolicies_isAsTheRuntimes() {
        scaled(18, SQUARE, 2, 3).with("axes", List.of(-2L, 3L)).forward().gradients();
        for (String policy : List.of("stretch", "not_larger", "not_smaller")) {
            sized(18, SQUARE, 9, 6)
                    .with("axes", List.of(2L, 3L))
                    .with("mode", "linear")
                    .with("keep_aspect_ratio_policy", policy)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void resize_rarerTransformations_isAsTheRuntimes() {
        for (String mode : List.of("nearest", "linear")) {
            scaled(19, SQUARE, 1, 1, 1.7f, 2.6f)
                    .with("mode", mode)
                    .with("coordinate_transformation_mode", "half_pixel_symmetric")
                    .forward()
                    .gradients();
        }
        scaled(11, SQUARE, 1, 1, 2, 3)
                .with("coordinate_transformation_mode", "tf_half_pixel_for_nn")
                .forward()
                .gradients();
    }

    @Test
    void resize_whatIsNotCovered_isRefused() {
        OperatorCheck crop = OperatorCheck.of("Resize", 13)
                .input(SQUARE)
                .weight(floats(0, 0, 0, 0, 1, 1, 1, 1))
                .weight(floats(1, 1, 2, 2))
                .with("coordinate_transformation_mode", "tf_crop_and_resize");
        assertThatThrownBy(crop::forward)
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("coordinate_transformation_mode: tf_crop_and_resize");
        OperatorCheck smooth =
                scaled(18, SQUARE, 1, 1, 0.5f, 0.5f).with("mode", "linear").with("antialias", 1);
        assertThatThrownBy(smooth::forward)
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("antialias: 1");
    }
}
