package dev.narrows.graph;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConstantsTest {

    @Test
    void constants_initializersAndConstantNodes_areHeld() {
        ModelProto.Builder model = Protos.model();
        model.getGraphBuilder()
                .addNode(constant("t", a -> a.setType(AttributeType.TENSOR).setT(Protos.floats("other", 5))))
                .addNode(constant("i", a -> a.setType(AttributeType.INT).setI(-3)))
                .addNode(constant(
                        "is", a -> a.setType(AttributeType.INTS).addInts(1).addInts(2)))
                .addNode(constant("f", a -> a.setType(AttributeType.FLOAT).setF(2.5f)))
                .addNode(constant("fs", a -> a.setType(AttributeType.FLOATS).addFloats(1)))
                .addNode(constant("s", a -> a.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8("é"))))
                .addNode(
                        constant("ss", a -> a.setType(AttributeType.STRINGS).addStrings(ByteString.copyFromUtf8("é"))));

        Map<String, ConstantTensor> constants = Protos.read(model).constants();

        assertThat(constants.keySet()).containsExactly("w", "t", "i", "is", "f", "fs", "s", "ss");
        assertThat(of(constants, "t").name()).isEqualTo("t");
        assertThat(of(constants, "i").dims()).isEmpty();
        assertThat(of(constants, "i").data().getLong()).isEqualTo(-3);
        assertThat(of(constants, "is").dims()).containsExactly(2L);
        assertThat(of(constants, "f").data().getFloat()).isEqualTo(2.5f);
        assertThat(of(constants, "fs").dims()).containsExactly(1L);
        assertThat(of(constants, "s").strings()).isEqualTo(List.of("\u00c3\u00a9"));
        assertThat(of(constants, "ss").strings()).isEqualTo(List.of("\u00c3\u00a9"));
    }

    @Test
    void constantNames_whatFollowsFromConstants_butNothingRandom() {
        ModelProto.Builder model = Protos.model();
        model.getGraphBuilder()
                .addNode(constant("i", a -> a.setType(AttributeType.INT).setI(1)))
                .addNode(Protos.node("Cast", "i", "cast"))
                .addNode(Protos.node("Mul", "w cast", "scaled"))
                .addNode(Protos.node("Add", "x scaled", "mixed"))
                .addNode(Protos.node("RandomNormal", "", "noise"))
                .addNode(Protos.node("RandomNormalLike", "w", "noise2"))
                .addNode(Protos.node("Add", "noise w", "noisy"));

        assertThat(Protos.read(model).constantNames()).containsExactly("w", "i", "cast", "scaled");
    }

    @Test
    void order_isStable() {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("g").addInput(Protos.value("x", 4));
        List<String> order = List.of("e", "c", "a", "d", "b");
        order.forEach(name -> graph.addNode(Protos.node("Relu", "x", name)));
        graph.addOutput(Protos.value("a", 4));

        assertThat(Protos.read(Protos.model(graph)).nodes())
                .extracting(node -> node.outputs().get(0))
                .containsExactlyElementsOf(order);
    }

    private static ConstantTensor of(Map<String, ConstantTensor> constants, String name) {
        return requireNonNull(constants.get(name), name);
    }

    private static ai.onnx.proto.OnnxMl.NodeProto.Builder constant(
            String output, java.util.function.UnaryOperator<AttributeProto.Builder> value) {
        return Protos.node("Constant", "", output)
                .addAttribute(value.apply(AttributeProto.newBuilder().setName("value")));
    }
}
