package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Multiply-accumulates and parameters against published figures and sums by hand. */
class ZooCostsTest {

    record Sizes(long macs, long parameters) {}

    /** MACs for one item; what training moves: neither statistics nor frozen constants nor integers. */
    static Sizes sizes(Architecture architecture, InputShape shape, int classes) {
        NetworkBuilder builder = NetworkBuilder.seeded(1);
        Zoo.draw(builder, architecture, shape, List.of(Head.of(classes)));
        Network network = builder.build("sized", Map.of());
        Shapes shapes = builder.shapes();
        long macs = Costs.of(network, shapes).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
        long parameters = network.initializers().values().stream()
                .filter(tensor -> tensor.name().matches("(?!frontend\\.).*\\.(weight|bias|gamma|beta)"))
                .mapToLong(ConstantTensor::elements)
                .sum();
        return new Sizes(macs, parameters);
    }

    private static Sizes sizes(String spec, InputShape shape, int classes) {
        return sizes(Architecture.parse(spec), shape, classes);
    }

    /** LeCun et al. 1998 with dense maps: the textbook's 61,706. */
    @Test
    void lenet_asPublished() {
        long convolutions = 6 * 25 * 28 * 28 + 16 * 6 * 25 * 10 * 10;
        long dense = 400 * 120 + 120 * 84 + 84 * 10;
        Sizes expected = new Sizes(convolutions + dense, 61_706);

        assertThat(expected.macs()).isEqualTo(416_520);
        assertThat(sizes("lenet", new InputShape.Image(1, 32, 32), 10)).isEqualTo(expected);
        assertThat(sizes("lenet", Zoos.GREY, 10)).isEqualTo(expected);
    }

    /** He et al. 2016: 0.27 M parameters (269,722 with option A), 40.55 M MACs, and the two shortcuts' convolutions. */
    @Test
    void resnet20_asPublished() {
        long stem = 3 * 9 * 16 * 1024;
        long stage1 = 6 * 16 * 16 * 9 * 1024;
        long stage2 = 16 * 32 * 9 * 256 + 5 * 32 * 32 * 9 * 256;
        long stage3 = 32 * 64 * 9 * 64 + 5 * 64 * 64 * 9 * 64;
        long head = 64 * 10;
        long shortcuts = 16 * 32 * 256 + 32 * 64 * 64;
        long shortcutParameters = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64;

        assertThat(stem + stage1 + stage2 + stage3 + head).isEqualTo(40_551_040);
        assertThat(sizes("resnet", Zoos.COLOUR, 10))
                .isEqualTo(new Sizes(40_551_040 + shortcuts, 269_722 + shortcutParameters));
    }

    /** Sandler et al. 2018: 3.4 M parameters, 300 M MACs; 3,504,872 and 300,774,272 in torchvision's. */
    @Test
    void mobilenetV2_asPublished() {
        assertThat(sizes("mobilenet", new InputShape.Image(3, 224, 224), 1000))
                .isEqualTo(new Sizes(300_774_272, 3_504_872));
    }

    /** Iandola et al. 2016, version 1.1: 1,235,496 parameters with biases, which are gammas and betas here, the head's apart. */
    @Test
    void squeezenet_asPublished() {
        long channels = 64 + 2 * (16 + 32 + 48 + 64) + 2 * 8 * (16 + 32 + 48 + 64);
        long macs = 0;
        int[][] fires = {
            {64, 16, 56},
            {128, 16, 56},
            {128, 32, 28},
            {256, 32, 28},
            {256, 48, 14},
            {384, 48, 14},
            {384, 64, 14},
            {512, 64, 14}
        };
        for (int[] fire : fires) {
            long side = fire[2];
            macs += side * side * (fire[0] * fire[1] + fire[1] * 4 * fire[1] * (1 + 9));
        }
        macs += 112 * 112 * 27 * 64 + 512 * 1000;

        assertThat(sizes("squeezenet", new InputShape.Image(3, 224, 224), 1000))
                .isEqualTo(new Sizes(macs, 1_235_496 + channels));
    }

    @Test
    void cnn_asSummedByHand() {
        long first = 784 * (9 * 32 + 32 * 32 * 9);
        long second = 196 * (32 * 64 * 9 + 64 * 64 * 9);
        long third = 49 * (64 * 128 * 9 + 128 * 128 * 9);
        long weights = 9 * 32 + 9 * 32 * 32 + 9 * 32 * 64 + 9 * 64 * 64 + 9 * 64 * 128 + 9 * 128 * 128;

        assertThat(sizes("cnn", Zoos.GREY, 10))
                .isEqualTo(new Sizes(first + second + third + 1280, weights + 4 * (32 + 64 + 128) + 1290));
    }

    @Test
    void vgg_asSummedByHand() {
        long macs = 784 * (9 * 32 + 9 * 32 * 32)
                + 196 * (9 * 32 * 64 + 9 * 64 * 64)
                + 49 * (9 * 64 * 128 + 9 * 128 * 128)
                + 9 * 128 * 256
                + 2560;
        long weights = 9 * (32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128);

        assertThat(sizes("vgg", Zoos.GREY, 10))
                .isEqualTo(new Sizes(macs, weights + 4 * (32 + 64 + 128) + 1152 * 256 + 256 + 2570));
    }

    @Test
    void dscnn_asSummedByHand() {
        // 400-point DFT at 40 Hz a bin: bins 1 (above 20 Hz) to 199 (below 8000 Hz); 1 + (16000 - 400) / 320 = 49
        // frames
        long frontend = 49 * (2 * 199 * 400 + 40 * 2 * 199);
        long stem = 20 * 25 * 64 * 40; // from 40 × 49
        long blocks = 4 * 10 * 13 * (64 * 9 + 64 * 64);
        long weights = 64 * 40 + 4 * (64 * 9 + 64 * 64);

        assertThat(sizes("dscnn", Zoos.SOUND, 12))
                .isEqualTo(new Sizes(frontend + stem + blocks + 64 * 12, weights + 2 * 40 + 2 * 64 * 9 + 65 * 12));
    }

    @Test
    void cnn1d_asSummedByHand() {
        // 128 steps, 64, 32 at last
        long macs = 128 * 3 * 8 * 64 + 64 * 64 * 5 * 128 + 32 * 128 * 3 * 128 + 128 * 6;
        long weights = 3 * 8 * 64 + 64 * 5 * 128 + 128 * 3 * 128;

        assertThat(sizes("cnn1d", Zoos.SERIES, 6)).isEqualTo(new Sizes(macs, weights + 2 * 320 + 129 * 6));
    }

    @Test
    void mlp_asSummedByHand() {
        long macs = 13 * 256 + 256 * 256 + 256 * 3;

        assertThat(sizes("mlp", Zoos.VALUES, 3)).isEqualTo(new Sizes(macs, macs + 256 + 256 + 3));
    }

    /** Depthwise and 1 × 1 convolutions shrink with the width's square, nearly. */
    @Test
    void width_half_costsAboutAQuarter() {
        for (String family : List.of("cnn", "resnet", "squeezenet", "vgg")) {
            double fallback = Architecture.parse(family).number("width");
            Sizes whole = sizes(family, Zoos.COLOUR, 10);
            Sizes half = sizes(family + ":width=" + fallback / 2, Zoos.COLOUR, 10);
            assertThat((double) half.macs() / whole.macs()).as(family).isBetween(0.24, 0.30);
        }
    }
}
