package dev.narrows.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChainTest {

    // y = (2x · x) + x: x skips the first and the second segment
    private static final List<List<String>> CUTS =
            List.of(List.of("x"), List.of("x", "a"), List.of("x", "b"), List.of("y"));

    private static Session open(String name, ByteBuffer model) {
        return Session.open(name, model, Map.of(), SessionOptions.DEFAULT);
    }

    private static Session first() {
        return open(
                "first",
                new Models()
                        .input("x", Models.FLOAT, -1, 2)
                        .node("Add", List.of("x", "x"), List.of("a"))
                        .output("a", Models.FLOAT, -1, 2)
                        .build());
    }

    private static Session binary(String name, String op, String left, String right, String out) {
        return open(
                name,
                new Models()
                        .input(left, Models.FLOAT, -1, 2)
                        .input(right, Models.FLOAT, -1, 2)
                        .node(op, List.of(left, right), List.of(out))
                        .output(out, Models.FLOAT, -1, 2)
                        .build());
    }

    private static Chain chain() {
        return Chain.of(
                List.of(first(), binary("second", "Mul", "a", "x", "b"), binary("third", "Add", "b", "x", "y")), CUTS);
    }

    private static Tensor get(Chain.Run run, String name) {
        return Optional.ofNullable(run.outputs().get(name)).orElseThrow();
    }

    @Test
    void run_wholeChain_carriesWhatSkips() {
        try (Chain chain = chain()) {
            Chain.Run run = chain.run(0, 3, Map.of("x", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)));

            assertThat(get(run, "y").toFloats()).containsExactly(3, 10, 21, 36);
            assertThat(run.outputs()).containsOnlyKeys("y");
            assertThat(run.segmentNanos()).hasSize(3).doesNotContain(0);
            assertThat(run.totalNanos()).isGreaterThan(0);
        }
    }

    @Test
    void run_everySplit_givesTheSame() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
        try (Chain chain = chain()) {
            for (int cut = 0; cut <= 3; cut++) {
                Chain.Run head = chain.run(0, cut, Map.of("x", x));
                assertThat(List.copyOf(head.outputs().keySet())).isEqualTo(chain.cut(cut));
                Chain.Run tail = chain.run(cut, 3, head.outputs());

                assertThat(get(tail, "y").toFloats()).containsExactly(3, 10, 21, 36);
                assertThat(tail.segmentNanos()).hasSize(3 - cut);
            }
        }
    }

    @Test
    void run_noSegments_givesTheInputsBack() {
        Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
        try (Chain chain = chain()) {
            assertThat(chain.run(1, 1, Map.of("x", x, "a", x, "other", x)).outputs())
                    .containsExactly(Map.entry("x", x), Map.entry("a", x));
        }
    }

    @Test
    void run_tensorThatOnlySkipsMissing_isRefusedAtOnce() {
        try (Chain chain = chain()) {
            assertThatThrownBy(() -> chain.run(2, 3, Map.of("b", Tensor.zeros(DType.FLOAT32, 1, 2))))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("input: missing (expected: FLOAT32[-1, 2]), segment \"cut 2\", tensor \"x\"");
        }
    }

    @Test
    void run_cutOutOfRange_isRefused() {
        try (Chain chain = chain()) {
            assertThatThrownBy(() -> chain.run(2, 1, Map.of()))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("cut: 1 (expected: 2 to 3)");
            assertThatThrownBy(() -> chain.run(0, 4, Map.of())).isInstanceOf(InvalidException.class);
            assertThatThrownBy(() -> chain.run(-1, 2, Map.of())).isInstanceOf(InvalidException.class);
        }
    }

    @Test
    void run_batchesThatDoNotAgree_failsWithTheSegment() {
        try (Chain chain = chain()) {
            assertThatThrownBy(() -> chain.run(
                            1,
                            3,
                            Map.of("a", Tensor.zeros(DType.FLOAT32, 2, 2), "x", Tensor.zeros(DType.FLOAT32, 3, 2))))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageEndingWith("segment \"second\"");
        }
    }

    @Test
    void run_afterClose_isAClearError() {
        Chain chain = chain();
        chain.close();
        chain.close();

        assertThatThrownBy(() -> chain.run(0, 3, Map.of("x", Tensor.zeros(DType.FLOAT32, 1, 2))))
                .isInstanceOf(ExecutionException.class)
                .hasMessage("session: closed (expected: open), segment \"first\"");
    }

    @Test
    void specs_everyCut_tellsTypeAndShape() {
        try (Chain chain = chain()) {
            assertThat(chain.specs(2))
                    .containsExactly(
                            new TensorSpec("x", DType.FLOAT32, List.of(-1L, 2L)),
                            new TensorSpec("b", DType.FLOAT32, List.of(-1L, 2L)));
        }
    }

    @Test
    void of_cutWithoutTheInputOfItsSegment_isIncompatible() {
        try (Session first = first();
                Session second = binary("second", "Mul", "a", "x", "b")) {
            assertThatThrownBy(
                            () -> Chain.of(List.of(first, second), List.of(List.of("x"), List.of("a"), List.of("b"))))
                    .isInstanceOf(IncompatibleException.class)
                    .hasMessage("input \"x\": not in cut 1 [a] (expected: there), segment \"second\"");
        }
    }

    @Test
    void of_cutWithATensorFromNowhere_isIncompatible() {
        try (Session first = first()) {
            assertThatThrownBy(() -> Chain.of(List.of(first), List.of(List.of("x"), List.of("q"))))
                    .isInstanceOf(IncompatibleException.class)
                    .hasMessage(
                            "tensor \"q\" of cut 1: neither in cut 0 [x] nor made (expected: either), segment \"first\"");
        }
    }

    @Test
    void of_wrongNumberOfCuts_isRefused() {
        try (Session first = first()) {
            assertThatThrownBy(() -> Chain.of(List.of(first), List.of(List.of("x"))))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("cuts: 1 (expected: 2, one more than segments, of which there is at least 1)");
        }
    }
}
