package dev.narrows.gradient;

import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvolutionsTest {

    @Test
    void conv_plain_isAsTheRuntimes() {
        OperatorCheck.of("Conv")
                .input(values(1, 2, 3, 7, 6))
                .weight(values(2, 4, 3, 3, 2))
                .weight(values(3, 4))
                .forward()
                .gradients();
    }

    @Test
    void conv_groupsStridesDilationsAndUnevenPads_isAsTheRuntimes() {
        OperatorCheck.of("Conv")
                .input(values(1, 2, 4, 9, 8))
                .weight(values(2, 6, 2, 3, 2))
                .with("group", 2)
                .with("strides", List.of(2L, 1L))
                .with("dilations", List.of(1L, 2L))
                .with("pads", List.of(1L, 0L, 2L, 3L))
                .forward()
                .gradients();
    }

    @Test
    void conv_oneAxisAndSame_isAsTheRuntimes() {
        for (String pad : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
            OperatorCheck.of("Conv")
                    .input(values(1, 1, 3, 11))
                    .weight(values(2, 5, 3, 4))
                    .weight(values(3, 5))
                    .with("auto_pad", pad)
                    .with("strides", List.of(2L))
                    .forward()
                    .gradients();
        }
    }

    @Test
    void conv_sameWithStridesThatLeaveGaps_isAsTheRuntimes() {
        for (String pad : List.of("SAME_UPPER", "SAME_LOWER")) {
            OperatorCheck.of("Conv")
                    .input(values(1, 1, 3, 7, 8))
                    .weight(values(2, 5, 3, 1, 2))
                    .with("auto_pad", pad)
                    .with("strides", List.of(4L, 5L))
                    .forward();
        }
    }

    @Test
    void conv_depthwise_isAsTheRuntimes() {
        OperatorCheck.of("Conv")
                .input(values(1, 2, 6, 5, 5))
                .weight(values(2, 6, 1, 3, 3))
                .with("group", 6)
                .with("pads", List.of(1L, 1L, 1L, 1L))
                .forward()
                .gradients();
    }

    @Test
    void convTranspose_stridesPadsAndOutputPadding_isAsTheRuntimes() {
        OperatorCheck.of("ConvTranspose")
                .input(values(1, 2, 4, 5, 4))
                .weight(values(2, 4, 3, 3, 2))
                .weight(values(3, 6))
                .with("group", 2)
                .with("strides", List.of(3L, 2L))
                .with("pads", List.of(1L, 0L, 0L, 1L))
                .with("output_padding", List.of(2L, 1L))
                .forward()
                .gradients();
    }

    @Test
    void convTranspose_unevenPads_isAsTheRuntimes() {
        OperatorCheck.of("ConvTranspose")
                .input(values(1, 2, 4, 5, 4))
                .weight(values(2, 4, 5, 3, 4))
                .weight(values(3, 5))
                .with("strides", List.of(3L, 2L))
                .with("pads", List.of(1L, 0L, 0L, 2L))
                .with("output_padding", List.of(2L, 1L))
                .forward()
                .gradients();
    }

    @Test
    void convTranspose_strideBeyondTheKernel_isAsTheRuntimes() {
        OperatorCheck.of("ConvTranspose")
                .input(values(1, 2, 3, 5))
                .weight(values(2, 3, 4, 2))
                .weight(values(3, 4))
                .with("strides", List.of(3L))
                .forward()
                .gradients();
    }

    @Test
    void conv_kernelShapeThatIsNotTheWeights_isRefused() {
        OperatorCheck check = OperatorCheck.of("Conv")
                .input(values(1, 1, 2, 5, 5))
                .weight(values(2, 3, 2, 1, 1))
                .with("kernel_shape", List.of(3L, 3L));

        assertThatThrownBy(check::gradients)
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("kernel_shape: [3, 3] (expected: [1, 1], as the weight's)");
    }

    @Test
    void convTranspose_outputShapeAndDilations_isAsTheRuntimes() {
        OperatorCheck.of("ConvTranspose")
                .input(values(1, 1, 2, 5))
                .weight(values(2, 2, 3, 3))
                .with("strides", List.of(2L))
                .with("dilations", List.of(2L))
                .with("output_shape", List.of(11L))
                .forward()
                .gradients();
    }
}
