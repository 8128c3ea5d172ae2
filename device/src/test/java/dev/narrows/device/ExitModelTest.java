package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.cloud.CloudServer;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.wire.Tier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exits end to end, against a real server. Deadlines are so long that no busy machine makes the device step in. */
class ExitModelTest {

    @TempDir
    static Path folder;

    private static Path bundle;
    private static CloudServer server;

    @BeforeAll
    static void start() {
        bundle = folder.resolve("models").resolve("pairs.narrows");
        ExitBundle.write(bundle, 0);
        server = CloudServer.builder(bundle)
                .host("127.0.0.1")
                .port(0)
                .warmUpRequests(0)
                .drainTime(Duration.ZERO)
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HybridModelBuilder hybrid() {
        return HybridModel.builder(bundle)
                .cloud(URI.create("http://127.0.0.1:" + server.port()))
                .codec("raw")
                .deadline(Duration.ofMinutes(1));
    }

    @Test
    void predict_exitIsSure_answersAndSendsNothing() {
        try (HybridModel model = hybrid().cut("h").open()) {
            Prediction prediction = model.predict(ExitBundle.SURE);

            assertThat(prediction.answeredBy()).isEqualTo(Tier.DEVICE);
            assertThat(prediction.why().orElseThrow().reason()).isEqualTo(Reason.EXIT);
            Prediction.Exit exit = prediction.exit().orElseThrow();
            assertThat(exit.index()).isZero();
            assertThat(exit.cut()).isEqualTo("h");
            assertThat(exit.confidence()).isCloseTo(Math.tanh(2), within(1e-7));
            assertThat(prediction.label()).isEqualTo("right");
            assertThat(prediction.index()).isEqualTo(1);
            assertThat(prediction.probability()).isCloseTo(1 / (1 + Math.exp(-4)), within(1e-7));
            assertThat(prediction.output("logits").toFloats()).containsExactly(0, 4);
            assertThat(prediction.cut()).isEqualTo("h");
            assertThat(prediction.wireBytesUp()).isZero();
            assertThat(prediction.codeBytesUp()).isZero();
            assertThat(prediction.timings().device()).isPositive();
            assertThat(prediction.timings().cloudWait()).isZero();
        }
    }

    @Test
    void predict_exitIsNotSure_theCloudAnswers() {
        try (HybridModel model = hybrid().cut("h").open()) {
            Prediction prediction = model.predict(ExitBundle.HALF_SURE);

            assertThat(prediction.answeredBy()).isEqualTo(Tier.CLOUD);
            assertThat(prediction.why()).isEmpty();
            assertThat(prediction.exit()).isEmpty();
            assertThat(prediction.output("y").toFloats()).containsExactly(1, 0);
        }
    }

    @Test
    void predict_laterHandOver_triesBothExits() {
        try (HybridModel model = hybrid().cut("k").open()) {
            assertThat(by(model.predict(ExitBundle.SURE))).isEqualTo("exit h");
            assertThat(by(model.predict(ExitBundle.HALF_SURE))).isEqualTo("exit k");
            assertThat(by(model.predict(ExitBundle.UNSURE))).isEqualTo("CLOUD");
        }
    }

    @Test
    void predict_cutBeforeTheFirstExit_triesNone() {
        try (HybridModel model = hybrid().cut("input").open()) {
            assertThat(by(model.predict(ExitBundle.SURE))).isEqualTo("CLOUD");
        }
    }

    @Test
    void predict_auto_handsOverBehindAnExit() {
        try (HybridModel model = hybrid().open()) {
            assertThat(model.plan().options())
                    .extracting(Plan.Option::cut)
                    .contains("h", "k", "output")
                    .doesNotContain("input");
            assertThat(model.plan().chosen().exits()).isPositive();
            assertThat(by(model.predict(ExitBundle.SURE))).isEqualTo("exit h");
        }
    }

    @Test
    void predict_exitsOff_isAsWithoutThem() {
        try (HybridModel model = hybrid().cut("k").exits(false).open()) {
            assertThat(by(model.predict(ExitBundle.SURE))).isEqualTo("CLOUD");
        }
        try (HybridModel model = hybrid().exits(false).open()) {
            assertThat(model.plan().options()).extracting(Plan.Option::cut).contains("input");
        }
    }

    @Test
    void predict_cutOutput_sendsNothingAndFinishesHere() {
        try (HybridModel model = hybrid().cut("output").open()) {
            for (Tensor item : List.of(ExitBundle.SURE, ExitBundle.HALF_SURE, ExitBundle.UNSURE)) {
                Prediction prediction = model.predict(item);
                assertThat(prediction.answeredBy()).isEqualTo(Tier.DEVICE);
                assertThat(prediction.wireBytesUp()).isZero();
            }
            assertThat(by(model.predict(ExitBundle.HALF_SURE))).isEqualTo("exit k");
            Prediction finished = model.predict(ExitBundle.UNSURE);
            assertThat(finished.exit()).isEmpty();
            assertThat(finished.why().orElseThrow().reason()).isEqualTo(Reason.PLANNED);
        }
    }

    @Test
    void predict_linkDown_triesEveryExitAndFinishesHere() {
        try (HybridModel model = HybridModel.builder(bundle)
                .cloud(URI.create("http://127.0.0.1:1"))
                .cut("h")
                .codec("raw")
                .open()) {
            assertThat(by(model.predict(ExitBundle.SURE))).isEqualTo("exit h");
            assertThat(by(model.predict(ExitBundle.HALF_SURE)))
                    .as("behind the cut, but nothing is sent")
                    .isEqualTo("exit k");
            Prediction finished = model.predict(ExitBundle.UNSURE);
            assertThat(finished.why().orElseThrow().reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(finished.output("y").sameBits(ExitBundle.UNSURE)).isTrue();
        }
    }

    @Test
    void predict_noCloud_exitSaysWhyItAnswered() {
        try (HybridModel model = HybridModel.builder(bundle).open()) {
            assertThat(model.predict(ExitBundle.SURE).why())
                    .contains(new Why(Reason.EXIT, "the exit at cut \"h\" was sure enough"));
            assertThat(model.predict(ExitBundle.UNSURE).why()).isEmpty();
        }
    }

    @Test
    void predictAll_batch_sendsOnlyWhatNoExitAnswers() {
        try (HybridModel model = hybrid().cut("k").open()) {
            Tensor batch = Tensor.concat(List.of(
                    ExitBundle.UNSURE, ExitBundle.SURE, ExitBundle.HALF_SURE, ExitBundle.UNSURE, ExitBundle.SURE));

            List<Prediction> predictions = model.predictAll(batch);

            assertThat(predictions)
                    .extracting(ExitModelTest::by)
                    .containsExactly("CLOUD", "exit h", "exit k", "CLOUD", "exit h");
            assertThat(predictions).extracting(Prediction::codeBytesUp).containsExactly(8L, 0L, 0L, 8L, 0L);
            for (int i = 0; i < 5; i++) {
                String output = predictions.get(i).exit().isPresent() ? "logits" : "y";
                assertThat(predictions.get(i).output(output).sameBits(batch.slice(i, i + 1)))
                        .as("item %d", i)
                        .isTrue();
            }
        }
    }

    @Test
    void predictAll_allSure_sendsNothing() {
        try (HybridModel model = hybrid().cut("h").open()) {
            List<Prediction> predictions = model.predictAll(Tensor.concat(List.of(ExitBundle.SURE, ExitBundle.SURE)));
            assertThat(predictions).extracting(ExitModelTest::by).containsExactly("exit h", "exit h");
            assertThat(predictions).extracting(Prediction::wireBytesUp).containsOnly(0L);
        }
    }

    @Test
    void predictAll_fixedBatchOf2_leavesTogetherOrNotAtAll() {
        Path two = folder.resolve("two").resolve("pairs.narrows");
        ExitBundle.write(two, 2);
        try (HybridModel model = HybridModel.builder(two).open()) {
            Tensor batch = Tensor.concat(List.of(
                    ExitBundle.SURE,
                    ExitBundle.SURE,
                    ExitBundle.SURE,
                    ExitBundle.UNSURE,
                    ExitBundle.SURE,
                    ExitBundle.HALF_SURE));
            assertThat(model.predictAll(batch))
                    .extracting(ExitModelTest::by)
                    .containsExactly("exit h", "exit h", "DEVICE", "DEVICE", "exit k", "exit k");
        }
    }

    @Test
    void predict_notANumber_noExitAnswers() {
        try (HybridModel model = HybridModel.builder(bundle).open()) {
            Prediction prediction = model.predict(Tensor.of(new float[] {Float.NaN, 9}, 1, 2));
            assertThat(prediction.exit()).isEmpty();
        }
    }

    @Test
    void open_exitOfOtherClasses_isRefusedUnlessExitsAreOff() {
        Path wrong = folder.resolve("wrong").resolve("pairs.narrows");
        ExitBundle.write(wrong, 0, 3);
        assertThatThrownBy(() -> HybridModel.builder(wrong).open())
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("logits FLOAT32[-1, 3]")
                .hasMessageContaining("exit at cut \"h\"");
        try (HybridModel model = HybridModel.builder(wrong).exits(false).open()) {
            assertThat(model.predict(ExitBundle.SURE).label()).isEqualTo("right");
        }
    }

    private static String by(Prediction prediction) {
        return prediction
                .exit()
                .map(exit -> "exit " + exit.cut())
                .orElse(prediction.answeredBy().name());
    }
}
