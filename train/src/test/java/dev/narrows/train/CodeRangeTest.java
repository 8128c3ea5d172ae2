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
    @CsvSource({
        "cnn:width=0.25, block1, 2, 6",
        "cnn:width=0.25, block1, 4, 6/5",
        "cnn:width=0.25, block1, 1, 6",
        "cnn:width=0.25, features, 1, 6",
        "cnn:width=0.25, block2.conv1, 2, 6" // no ReLU before it
    })
    void fit_someItems_fillsTheLevelsAndBeginsAtTheCutsMeans(String spec, String tensor, int stride, String encoder) {
        Network network = Zoo.build(Architecture.parse(spec), new InputShape.Image(1, 28, 28), 3, 1);
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        List<Integer> channels = java.util.Arrays.stream(encoder.split("/"))
                .map(Integer::valueOf)
                .toList();
        BottleneckDesign design = new BottleneckDesign(4, LEVELS, 3, stride, 8, channels);
        Network narrow = BottleneckMaker.make(network, shapes, Cuts.at(network, shapes, List.of(tensor)), design, 1);
        InMemory data = items();
        Inputs inputs = Inputs.of(network);
        try (DifferentiableNetwork differentiable = DifferentiableNetwork.of(narrow);
                PointerScope scope = new PointerScope()) {
            CodeRange.fit(differentiable, inputs, data, LEVELS, tensor);

            float[] all = new float[ITEMS * 28 * 28];
            for (int i = 0; i < ITEMS; i++) {
                System.arraycopy(data.values(i), 0, all, i * 28 * 28, 28 * 28);
            }
            Tensor values = Torch.of(dev.narrows.engine.Tensor.of(all, ITEMS, 1, 28, 28));
            String decoded = BottleneckMaker.decodedLinear(narrow);
            Map<String, Tensor> made =
                    differentiable.forward(inputs.of(values), List.of(BottleneckMaker.ENCODED, decoded, tensor));
            // In evaluation: what normalises has the items' statistics.
            Tensor code = Terms.get(made, BottleneckMaker.ENCODED);
            for (int channel = 0; channel < 4; channel++) {
                assertThat(means(code)[channel]).isCloseTo((LEVELS - 1) / 2f, within(0.01f));
                assertThat(deviations(code)[channel]).isCloseTo((LEVELS - 1) / 4f, within(0.01f));
            }
            float[] wanted = means(Terms.get(made, tensor));
            assertThat(wanted).hasSizeGreaterThan(4);
            assertThat(means(Terms.get(made, decoded))).containsExactly(wanted, within(0.01f));
            float[] spread = deviations(Terms.get(made, tensor));
            for (int channel = 0; channel < spread.length; channel++) {
                assertThat(deviations(Terms.get(made, decoded))[channel])
                        .isCloseTo(0.3f * spread[channel], within(0.01f));
            }
        }
    }

    private static float[] means(Tensor values) {
        return Torch.toHost(values.detach().transpose(0, 1).flatten(1, -1).mean(1L))
                .toFloats();
    }

    private static float[] deviations(Tensor values) {
        Tensor perChannel = values.detach().transpose(0, 1).flatten(1, -1);
        Tensor mean = perChannel.mean(1L);
        return Torch.toHost(perChannel.sub(mean.unsqueeze(1)).square().mean(1L).sqrt())
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
