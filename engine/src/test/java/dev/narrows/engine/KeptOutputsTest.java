package dev.narrows.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.ExecutionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Runs that write into what earlier runs left behind. */
class KeptOutputsTest {

    /** y = the places where x is not 0, as many as there are; z = 2x. */
    private static Models places() {
        return new Models()
                .input("x", Models.FLOAT, -1)
                .node("NonZero", List.of("x"), List.of("y"))
                .node("Add", List.of("x", "x"), List.of("z"))
                .output("y", Models.INT64, 1, -1)
                .output("z", Models.FLOAT, -1);
    }

    private static Session doubling() {
        return Session.open(
                "head",
                new Models()
                        .input("x", Models.FLOAT, -1, 2)
                        .node("Add", List.of("x", "x"), List.of("y"))
                        .output("y", Models.FLOAT, -1, 2)
                        .build(),
                Map.of(),
                SessionOptions.DEFAULT);
    }

    private static Tensor output(Session session, String name, Tensor x) {
        return named(session.run(Map.of("x", x)), name);
    }

    private static Tensor named(Map<String, Tensor> outputs, String name) {
        return Optional.ofNullable(outputs.get(name)).orElseThrow();
    }

    @Test
    void run_sameShapes_leavesEarlierResultsAlone() {
        try (Session session = doubling()) {
            Tensor first = output(session, "y", Tensor.of(new float[] {1, 2}, 1, 2));
            Tensor second = output(session, "y", Tensor.of(new float[] {3, 4}, 1, 2));
            Tensor third = output(session, "y", Tensor.of(new float[] {5, 6}, 1, 2));

            assertThat(first.toFloats()).containsExactly(2, 4);
            assertThat(second.toFloats()).containsExactly(6, 8);
            assertThat(third.toFloats()).containsExactly(10, 12);
        }
    }

    @Test
    void run_batchThatChanges_givesThatBatch() {
        try (Session session = doubling()) {
            for (int batch : new int[] {1, 3, 3, 1, 2}) {
                float[] values = new float[batch * 2];
                values[batch * 2 - 1] = batch;
                Tensor y = output(session, "y", Tensor.of(values, batch, 2));

                assertThat(y.shape()).containsExactly(batch, 2);
                assertThat(y.toFloats()[batch * 2 - 1]).isEqualTo(2 * batch);
            }
        }
    }

    @Test
    void run_shapeThatHangsOnValues_isRightEachTime() {
        // The network says that the places are as many as the values ("N"); the runtime knows better only when it runs.
        try (Session session = Session.open("places", places().build(), Map.of(), SessionOptions.DEFAULT)) {
            for (float[] values : new float[][] {{1, 1, 1}, {0, 1, 0}, {0, 0, 0}, {1, 0, 1}}) {
                Map<String, Tensor> outputs = session.run(Map.of("x", Tensor.of(values, 3)));
                int places = 0;
                for (float value : values) {
                    places += value == 0 ? 0 : 1;
                }

                assertThat(named(outputs, "y").shape()).containsExactly(1, places);
                assertThat(named(outputs, "z").toFloats()).containsExactly(2 * values[0], 2 * values[1], 2 * values[2]);
            }
        }
    }

    @Test
    void run_outputThatIsAnInput_isThatRunsInput() {
        Models models = new Models()
                .input("x", Models.FLOAT, -1)
                .node("Add", List.of("x", "x"), List.of("z"))
                .output("x", Models.FLOAT, -1)
                .output("z", Models.FLOAT, -1);
        try (Session session = Session.open("through", models.build(), Map.of(), SessionOptions.DEFAULT)) {
            for (int i = 1; i < 5; i++) {
                Map<String, Tensor> outputs = session.run(Map.of("x", Tensor.of(new float[] {i, 10 * i}, 2)));

                assertThat(named(outputs, "x").toFloats()).containsExactly(i, 10 * i);
                assertThat(named(outputs, "z").toFloats()).containsExactly(2 * i, 20 * i);
            }
        }
    }

    @Test
    void run_moreAtOnceThanAreKept_areAllRight() throws Exception {
        int threads = KeptOutputs.SETS + 3;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try (Session session = doubling()) {
            List<Future<Boolean>> runs = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                float value = thread;
                runs.add(executor.submit(() -> {
                    boolean right = true;
                    for (int i = 0; i < 200; i++) {
                        right &= output(session, "y", Tensor.of(new float[] {value, i}, 1, 2))
                                        .toFloats()[0]
                                == 2 * value;
                    }
                    return right;
                }));
            }
            for (Future<Boolean> run : runs) {
                assertThat(run.get()).isTrue();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void run_afterOneThatFailed_isRight() {
        Session gather = Session.open(
                "gather",
                new Models()
                        .input("x", Models.FLOAT, 3)
                        .input("i", Models.INT64, 1)
                        .node("Gather", List.of("x", "i"), List.of("y"))
                        .output("y", Models.FLOAT, 1)
                        .build(),
                Map.of(),
                SessionOptions.DEFAULT);
        Tensor x = Tensor.of(new float[] {7, 8, 9}, 3);
        try (gather) {
            for (int round = 0; round < 3; round++) {
                assertThat(named(gather.run(Map.of("x", x, "i", Tensor.of(new long[] {round}, 1))), "y")
                                .toFloats())
                        .containsExactly(7 + round);
                assertThatThrownBy(() -> gather.run(Map.of("x", x, "i", Tensor.of(new long[] {9}, 1))))
                        .isInstanceOf(ExecutionException.class)
                        .hasMessageContaining("segment \"gather\"");
            }
        }
    }

    @Test
    void run_sessionOfTheChainClosed_refusesAndTheOthersStay() {
        Session first = doubling();
        Session second = Session.open(
                "tail",
                new Models()
                        .input("y", Models.FLOAT, -1, 2)
                        .node("Neg", List.of("y"), List.of("z"))
                        .output("z", Models.FLOAT, -1, 2)
                        .build(),
                Map.of(),
                SessionOptions.DEFAULT);
        Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
        try (Chain chain = Chain.of(List.of(first, second), List.of(List.of("x"), List.of("y"), List.of("z")))) {
            chain.run(0, 2, Map.of("x", x));
            second.close();

            assertThatThrownBy(() -> chain.run(0, 2, Map.of("x", x))).isInstanceOf(ExecutionException.class);
            assertThat(named(chain.run(0, 1, Map.of("x", x)).outputs(), "y").toFloats())
                    .containsExactly(2, 4);
        }
    }
}
