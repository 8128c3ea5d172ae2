package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.narrows.errors.InvalidException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubgraphTest {

    @Test
    void captured_nestedAndShadowed_areTheOuterNamesOnly() {
        GraphProto.Builder inner = GraphProto.newBuilder()
                .setName("inner")
                .addNode(Protos.node("Add", "a b", "t"))
                .addNode(Protos.node("Add", "t x", "z"))
                .addOutput(Protos.value("z", 4));
        GraphProto.Builder branch = GraphProto.newBuilder()
                .setName("outer")
                .addNode(Protos.node("Relu", "w", "b")) // b is its own here
                .addNode(Protos.node("If", "c", "r")
                        .addAttribute(Protos.graph("then_branch", inner))
                        .addAttribute(Protos.graph("else_branch", inner)))
                .addOutput(Protos.value("r", 4));

        Network network = Protos.read(ifModel(branch));

        Node node = network.nodes().get(2);
        assertThat(node.subgraphs().get(0).captured()).containsExactly("w", "c", "a", "x");
        assertThat(node.uses()).containsExactly("c", "w", "a", "x");
        assertThat(node.subgraphs().get(0).nodes().get(1).subgraphs().get(0).captured())
                .containsExactly("a", "b", "x");
        assertThat(network.users().get("a")).containsExactly(1, 2);
    }

    @Test
    void read_subgraphOutOfOrder_isSortedAndWrittenSorted() {
        GraphProto.Builder branch = GraphProto.newBuilder()
                .setName("branch")
                .addNode(Protos.node("Relu", "t", "z"))
                .addNode(Protos.node("Neg", "x", "t"))
                .addOutput(Protos.value("z", 4));

        Network network = Protos.read(ifModel(branch));

        ByteBuffer written = OnnxWriter.write(network);
        assertThat(network.nodes().get(2).subgraphs().get(0).nodes())
                .extracting(Node::opType)
                .containsExactly("Neg", "Relu");
        assertThat(Protos.parse(written)
                        .getGraph()
                        .getNode(2)
                        .getAttribute(0)
                        .getG()
                        .getNode(0)
                        .getOpType())
                .isEqualTo("Neg");
        assertThat(OnnxReader.read(written, OnnxReader.ExternalData.NONE)).isEqualTo(network);
    }

    @Test
    void read_capturedValueMadeLater_movesTheNodeBehindIt() {
        GraphProto.Builder branch = GraphProto.newBuilder()
                .setName("branch")
                .addNode(Protos.node("Relu", "late", "z"))
                .addOutput(Protos.value("z", 4));
        ModelProto.Builder model = ifModel(branch);
        model.getGraphBuilder().addNode(Protos.node("Exp", "x", "late"));

        assertThat(Protos.read(model).nodes()).extracting(Node::opType).containsExactly("Relu", "Relu", "Exp", "If");
    }

    @Test
    void read_brokenSubgraphs_sayWhere() {
        GraphProto.Builder unknown = GraphProto.newBuilder()
                .setName("branch")
                .addNode(Protos.node("Relu", "nowhere", "z").setName("inside"))
                .addOutput(Protos.value("z", 4));
        assertThatThrownBy(() -> Protos.read(ifModel(unknown)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContainingAll("\"nowhere\"", "node \"choose\"");

        GraphProto.Builder cycle = GraphProto.newBuilder()
                .setName("branch")
                .addNode(Protos.node("Relu", "z", "t"))
                .addNode(Protos.node("Relu", "t", "z"))
                .addOutput(Protos.value("z", 4));
        assertThatThrownBy(() -> Protos.read(ifModel(cycle)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContainingAll("wait for each other", "graph \"branch\"", "node \"choose\"");

        GraphProto.Builder nothing = GraphProto.newBuilder()
                .setName("branch")
                .addNode(Protos.node("", "x", "z").setName("inside"))
                .addOutput(Protos.value("z", 4));
        assertThatThrownBy(() -> Protos.read(ifModel(nothing)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContainingAll("operator: none", "node \"inside\"", "graph \"branch\"", "node \"choose\"");
    }

    @Test
    void constantNames_ifOnConstants_isConstantUnlessRandom() {
        for (String operator : List.of("Relu", "RandomNormalLike")) {
            GraphProto.Builder branch = GraphProto.newBuilder()
                    .setName("branch")
                    .addNode(Protos.node(operator, "w", "z"))
                    .addOutput(Protos.value("z", 4));
            ModelProto.Builder model = ifModel(branch);
            model.getGraphBuilder().removeInput(1).addInitializer(Protos.floats("c", 1));

            boolean constant = operator.equals("Relu");
            assertThat(Protos.read(model).constantNames().contains("y")).isEqualTo(constant);
        }
    }

    /** {@code a = Relu(x), b = Relu(a), y = c ? branch : branch}. */
    private static ModelProto.Builder ifModel(GraphProto.Builder branch) {
        return Protos.model(GraphProto.newBuilder()
                .setName("g")
                .addInput(Protos.value("x", 4))
                .addInput(Protos.value("c"))
                .addInitializer(Protos.floats("w", 1, 2, 3, 4))
                .addNode(Protos.node("Relu", "x", "a"))
                .addNode(Protos.node("Relu", "a", "b"))
                .addNode(Protos.node("If", "c", "y")
                        .setName("choose")
                        .addAttribute(Protos.graph("then_branch", branch))
                        .addAttribute(Protos.graph("else_branch", branch)))
                .addOutput(Protos.value("y", 4)));
    }
}
