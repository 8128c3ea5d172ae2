package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.gradient.DifferentiableNetwork;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("try") // a scope is there for what it frees at its end
class CodeRangeTest {

    private static final int ITEMS = 40;
    private static final int LEVELS = 5;

    @ParameterizedTest
    @CsvSource({"block1, 2, 6", "block1, 4, 6/5", "block1, 1, 6", "features, 1, 6"})
    void fit_someItems_fillsTheLevelsAndBeginsAtTheCutsMeans(String tensor, int stride, String encoder) {
        Network network = Zoo.build(Architecture.parse("cnn:width=0.25"), new InputShape.Image(1, 28, 28), 3, 1);
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        List<Integer> channels =
                java.util.Arrays.stream(encoder.split("/")).map(Integer::valueOf).toList();
        BottleneckDesign design = new BottleneckDesign(4, LEVELS, 3, stride, 8, channels);
        Network narrow = BottleneckMaker.make(network, shapes, Cuts.at(network, shapes, List.of(tensor)), design, 1);
        InMemory data = items();
        Inputs inputs = Inputs.of(network);
        try (DifferentiableNetwork differentiable = DifferentiableNetwork.of(narrow);
                PointerScope scope = new PointerScope()) {
            differentiable.training(BottleneckMaker::isOwn);

            CodeRange.fit(differentiable, inputs, data, LEVELS, tensor);

            float[] all = new float[ITEMS * 28 * 28];
            for (int i = 0; i < ITEMS; i++) {
                System.arraycopy(data.values(i), 0, all, i * 28 * 28, 28 * 28);
            }
            Tensor values = Torch.of(dev.narrows.engine.Tensor.of(all, ITEMS, 1, 28, 28));
            String decoded = BottleneckMaker.decodedLinear(narrow);
            Map<String, Tensor> made =
                    differentiable.forward(inputs.of(values), List.of(BottleneckMaker.ENCODED, decoded, tensor));
            for (float mean : means(Terms.get(made, BottleneckMaker.ENCODED))) {
                assertThat(mean).isCloseTo((LEVELS - 1) / 2f, within(1e-3f));
            }
            float[] wanted = means(Terms.get(made, tensor));
            assertThat(wanted).hasSizeGreaterThan(4);
            assertThat(means(Terms.get(made, decoded))).containsExactly(wanted, within(1e-3f));
        }
    }

    private static float[] means(Tensor values) {
        return Torch.toHost(values.detach().transpose(0, 1).flatten(1, -1).mean(1L))
                .toFloats();
    }

    private static InMemory items() {
        float[] values = new float[ITEMS * 28 * 28];
        Random random = new Random(5);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        int[] classes = new int[ITEMS];
        return InMemory.of(
                new Kind.Image(),
                dev.narrows.engine.Tensor.of(values, ITEMS, 1, 28, 28),
                List.of(new Labels(Labels.TASK, List.of("a", "b", "c"), classes)),
                List.of());
    }
}
