package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ZooTest {

    private static final InputShape GREY = new InputShape.Image(1, 28, 28);
    private static final InputShape COLOUR = new InputShape.Image(3, 32, 32);

    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of("cnn", GREY),
                Arguments.of("cnn:width=0.5,depth=1", COLOUR),
                Arguments.of("lenet", GREY),
                Arguments.of("lenet:width=2", COLOUR),
                Arguments.of("resnet:depth=8", GREY),
                Arguments.of("resnet:width=0.5", COLOUR),
                Arguments.of("mobilenet:width=0.5", GREY),
                Arguments.of("mobilenet:depth=0.5,activation=hardswish,mean=0.5,std=0.2/0.3/0.4", COLOUR));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void build_anyArchitecture_runsForBatches(String spec, InputShape shape) {
        Network network = Zoo.build(Architecture.parse(spec), shape, 7, 1);
        for (int items : List.of(1, 3)) {
            Map<String, Tensor> outputs =
                    Runs.run(network, Map.of(shape.input(), Runs.normal(items, shape.dims(), items)));

            assertThat(outputs).containsOnlyKeys("logits");
            assertThat(outputs.get("logits").shape()).containsExactly(items, 7);
            assertThat(outputs.get("logits").toFloats()).doesNotContain(Float.NaN);
        }
    }
}
