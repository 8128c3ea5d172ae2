package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.BatchNormFolding;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchNormFoldingTest {

    @ParameterizedTest
    @ValueSource(strings = {"resnet:depth=8", "mobilenet:width=0.25", "cnn:width=0.25"})
    void fold_networkWithStatistics_computesTheSame(String spec) {
        Network network = disturbed(Zoo.build(Architecture.parse(spec), new InputShape.Image(3, 32, 32), 10, 1));
        float[] values = new float[2 * 3 * 32 * 32];
        Random random = new Random(2);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        Tensor items = Tensor.of(values, 2, 3, 32, 32);

        Network folded = BatchNormFolding.fold(network);

        assertThat(folded.nodes()).noneMatch(node -> node.is("BatchNormalization"));
        assertThat(folded.outputs()).isEqualTo(network.outputs());
        Tensor before = run(network, items);
        assertThat(run(folded, items).maxAbsDifference(before))
                .isLessThan(1e-5 * largest(before)); // rounding of float32
    }

    @Test
    void fold_ofWhatIsWanted_foldsTransposedConvolutionsToo() {
        Network network = Zoo.build(Architecture.parse("cnn:width=0.25"), new InputShape.Image(1, 16, 16), 10, 1);
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        BottleneckDesign design = new BottleneckDesign(4, 256, 3, 4, 8, List.of(6));
        Network narrow = disturbed(
                BottleneckMaker.make(network, shapes, Cuts.at(network, shapes, List.of("block1")), design, 1));
        assertThat(narrow.nodes().stream().filter(BottleneckMaker::isOwn).map(Node::opType))
                .contains("ConvTranspose", "BatchNormalization");
        float[] values = new float[2 * 16 * 16];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        Tensor items = Tensor.of(values, 2, 1, 16, 16);

        Network folded = BatchNormFolding.fold(narrow, BottleneckMaker::isOwn);

        assertThat(folded.nodes().stream().filter(BottleneckMaker::isOwn).map(Node::opType))
                .doesNotContain("BatchNormalization");
        assertThat(folded.nodes()).anyMatch(node -> node.is("BatchNormalization"));
        Tensor before = run(narrow, items);
        assertThat(run(folded, items).maxAbsDifference(before)).isLessThan(1e-4 * largest(before));
        assertThat(largest(before)).isPositive();
    }

    private static double largest(Tensor tensor) {
        double largest = 0;
        for (float value : tensor.toFloats()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** Statistics and factors as after a training: fresh ones are 0 and 1, which would hide a mistake. */
    private static Network disturbed(Network network) {
        Random random = new Random(1);
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        network.nodes().forEach(node -> {
            boolean norm = node.is("BatchNormalization");
            int bias = node.opType().startsWith("Conv") ? 2 : node.inputs().size();
            for (String name : norm
                    ? node.inputs().subList(1, 5)
                    : node.inputs()
                            .subList(
                                    Math.min(bias, node.inputs().size()),
                                    node.inputs().size())) {
                initializers.computeIfPresent(name, (key, old) -> {
                    ByteBuffer data =
                            ByteBuffer.allocateDirect((int) old.elements() * 4).order(ByteOrder.LITTLE_ENDIAN);
                    while (data.hasRemaining()) {
                        data.putFloat(0.5f + random.nextFloat());
                    }
                    return new ConstantTensor(key, ElementType.FLOAT, old.dims(), data.flip(), List.of(), "");
                });
            }
        });
        return network.withInitializers(initializers);
    }

    private static Tensor run(Network network, Tensor items) {
        try (Session session = Session.open("folded", OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT)) {
            return Optional.ofNullable(session.run(Map.of("image", items)).get("logits"))
                    .orElseThrow();
        }
    }
}
