package dev.narrows.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExternalWeightsTest {

    private static Models model() {
        return new Models()
                .input("x", Models.FLOAT, -1, 2)
                .weight("inside", new float[] {1, 2}, 2)
                .externalWeight("größe", 2)
                .externalWeight("b", 2)
                .node("Add", List.of("x", "b"), List.of("y"))
                .output("y", Models.FLOAT, -1, 2);
    }

    private static ByteBuffer withAttribute(OnnxMl.AttributeProto attribute) {
        return model().node("If", List.of("c"), List.of("z"), attribute).build();
    }

    @Test
    void of_mainGraph_namesTheExternalOnesInOrder() {
        assertThat(ExternalWeights.of("s", model().build())).containsExactly("größe", "b");
    }

    @Test
    void of_readOnlyBufferAtAPosition_leavesItThere() {
        byte[] bytes = model().build().array();
        ByteBuffer shifted = ByteBuffer.allocate(bytes.length + 5);
        shifted.position(5);
        shifted.put(bytes);
        shifted.position(5);

        assertThat(ExternalWeights.of("s", shifted.asReadOnlyBuffer())).hasSize(2);
        assertThat(shifted.position()).isEqualTo(5);
    }

    @Test
    void of_externalTensorInASubgraph_isRefused() {
        OnnxMl.GraphProto branch = new Models().externalWeight("w", 2).graph();

        assertThatThrownBy(() -> ExternalWeights.of("s", withAttribute(Models.graphAttribute("then_branch", branch))))
                .isInstanceOf(UnsupportedException.class)
                .hasMessage("external data: tensor \"w\" inside a node (expected: in the main graph's initializers), "
                        + "segment \"s\"");
    }

    @Test
    void of_externalTensorInAnAttribute_isRefused() {
        OnnxMl.AttributeProto attribute = OnnxMl.AttributeProto.newBuilder()
                .setName("value")
                .setType(OnnxMl.AttributeProto.AttributeType.TENSOR)
                .setT(Models.external("w", 2))
                .build();

        assertThatThrownBy(() -> ExternalWeights.of("s", withAttribute(attribute)))
                .isInstanceOf(UnsupportedException.class);
    }

    @Test
    void of_subgraphsInSubgraphs_areRefusedBeyondALimit() {
        OnnxMl.GraphProto graph = new Models().graph();
        for (int depth = 0; depth < 70; depth++) {
            graph = new Models()
                    .node("If", List.of("c"), List.of("z"), Models.graphAttribute("then_branch", graph))
                    .graph();
        }
        ByteBuffer deep = withAttribute(Models.graphAttribute("then_branch", graph));

        assertThatThrownBy(() -> ExternalWeights.of("s", deep))
                .isInstanceOf(MalformedException.class)
                .hasMessageStartingWith("subgraphs: over 64 deep");
    }

    @Test
    void of_anyPrefix_isMalformedOrRead() {
        byte[] bytes = model().build().array();
        int refused = 0;
        for (int length = 0; length < bytes.length; length++) {
            try {
                ExternalWeights.of("s", ByteBuffer.wrap(Arrays.copyOf(bytes, length)));
            } catch (MalformedException e) {
                refused++;
            }
        }
        // Only a cut between two fields of the whole model passes: there are five, and the empty model.
        assertThat(refused).isGreaterThanOrEqualTo(bytes.length - 6);
    }

    @Test
    void of_flippedBits_throwsNothingElse() {
        byte[] bytes = model().build().array();
        SplittableRandom random = new SplittableRandom(4);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] flipped = bytes.clone();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                ExternalWeights.of("s", ByteBuffer.wrap(flipped));
            } catch (MalformedException | UnsupportedException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }
}
