package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import org.junit.jupiter.api.Test;

class FreshNamesTest {

    /** {@code y = c ? Relu(x · inner) : Relu(x · inner)}, and a sparse initializer {@code s}. */
    private static Network network() {
        GraphProto.Builder branch = GraphProto.newBuilder()
                .setName("branch")
                .addInitializer(Protos.floats("inner", 1, 2, 3, 4))
                .addNode(Protos.node("Mul", "x inner", "t"))
                .addNode(Protos.node("Relu", "t", "z"))
                .addOutput(Protos.value("z", 4));
        return Protos.read(Protos.model(GraphProto.newBuilder()
                .setName("g")
                .addInput(Protos.value("x", 4))
                .addInput(Protos.value("c"))
                .addInitializer(Protos.floats("w", 1, 2, 3, 4))
                .addSparseInitializer(SparseTensorProto.newBuilder()
                        .setValues(Protos.floats("s", 1))
                        .setIndices(TensorProto.newBuilder()
                                .setDataType(7)
                                .addDims(1)
                                .addInt64Data(0))
                        .addDims(4))
                .addNode(Protos.node("Add", "x w", "a"))
                .addNode(Protos.node("If", "c", "y")
                        .addAttribute(Protos.graph("then_branch", branch))
                        .addAttribute(Protos.graph("else_branch", branch)))
                .addOutput(Protos.value("y", 4))));
    }

    @Test
    void like_whatIsTakenAnywhere_getsANumber() {
        FreshNames names = FreshNames.of(network());

        for (String taken : new String[] {"x", "w", "s", "a", "y", "inner", "t", "z"}) {
            assertThat(names.like(taken)).isEqualTo(taken + "_2");
        }
        assertThat(names.like("new")).isEqualTo("new");
    }

    @Test
    void like_theSameWishTwice_givesTwoNames() {
        FreshNames names = FreshNames.of(network());

        assertThat(names.like("new")).isNotEqualTo(names.like("new"));
    }
}
