package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetworkTest {

    /** {@code y = Relu(x + w)}, the sum's type said, and an initializer that nobody reads. */
    private static Network network() {
        ModelProto.Builder model = Protos.model();
        model.getGraphBuilder()
                .addValueInfo(Protos.value("sum", 4))
                .addValueInfo(Protos.value("w", 4))
                .addInitializer(Protos.floats("unread", 5));
        return Protos.read(model);
    }

    @Test
    void rewired_withoutAReader_leavesOutWhatOnlyItReadAndWhatItMade() {
        Network network = network();
        Node relu = network.nodes().get(1).withInputs(List.of("x"));

        Network rewired = network.rewired(List.of(relu), network.initializers());

        assertThat(rewired.initializers()).containsOnlyKeys("unread");
        assertThat(rewired.valueInfos()).isEmpty();
        Validator.check(rewired);
    }

    @Test
    void rewired_withOtherWeights_leavesOutTheirOldTypesAndNewOnesThatNobodyReads() {
        Network network = network();
        Map<String, ConstantTensor> weights = new LinkedHashMap<>(network.initializers());
        weights.put("w", ConstantTensor.of("w", List.of(1L), 7));
        weights.put("new", ConstantTensor.of("new", List.of(1L), 7));

        Network rewired = network.rewired(network.nodes(), weights);

        assertThat(rewired.initializers()).containsOnlyKeys("w", "unread");
        assertThat(rewired.valueInfos()).containsOnlyKeys("sum");
    }

    @Test
    void rewired_withTheSame_isTheSame() {
        Network network = network();

        assertThat(network.rewired(network.nodes(), network.initializers())).isEqualTo(network);
    }
}
