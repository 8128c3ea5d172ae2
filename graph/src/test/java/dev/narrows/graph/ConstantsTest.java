package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import java.util.List;
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

        var constants = Protos.read(model).constants();

        assertThat(constants.keySet()).containsExactly("w", "t", "i", "is", "f", "fs", "s", "ss");
        assertThat(constants.get("t").name()).isEqualTo("t");
        assertThat(constants.get("i").dims()).isEmpty();
        assertThat(constants.get("i").data().getLong()).isEqualTo(-3);
        assertThat(constants.get("is").dims()).containsExactly(2L);
        assertThat(constants.get("f").data().getFloat()).isEqualTo(2.5f);
        assertThat(constants.get("fs").dims()).containsExactly(1L);
        assertThat(constants.get("s").strings()).isEqualTo(List.of("\u00c3\u00a9"));
        assertThat(constants.get("ss").strings()).isEqualTo(List.of("\u00c3\u00a9"));
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

    private static ai.onnx.proto.OnnxMl.NodeProto.Builder constant(
            String output, java.util.function.UnaryOperator<AttributeProto.Builder> value) {
        return Protos.node("Constant", "", output)
                .addAttribute(value.apply(AttributeProto.newBuilder().setName("value")));
    }
}
