package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.cloud.CloudServer;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.Tier;
import dev.narrows.wire.WireTensor;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real server. Deadlines are so long that no busy machine makes the device step in. */
class HybridModelTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    static Path folder;

    private static final Tensor Y = Tensor.zeros(DType.FLOAT32, 1, TestBundle.WIDTH);

    private static Path bundle;
    private static String hash = "";
    private static CloudServer server;

    @BeforeAll
    static void start() {
        bundle = folder.resolve("models").resolve("drinks.narrows");
        hash = TestBundle.write(bundle, 0, 1);
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

    private static URI cloud() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    private static HybridModelBuilder hybrid() {
        return HybridModel.builder(bundle).cloud(cloud()).deadline(LONG);
    }

    @Test
    void predict_everyCutRaw_isTheDevicesAnswerBitByBit() {
        Tensor x = TestBundle.x(1, 5);
        Tensor expected = TestBundle.reference(bundle, x);
        for (String cut : TestBundle.CUTS.subList(0, 3)) {
            try (HybridModel model = hybrid().cut(cut).codec("raw").open()) {
                Prediction prediction = model.predict(x);
                assertThat(prediction.why()).as(cut).isEmpty();
                assertThat(prediction.answeredBy()).isEqualTo(Tier.CLOUD);
                assertThat(prediction.output("y").sameBits(expected)).as(cut).isTrue();
                assertThat(prediction.cut()).isEqualTo(cut);
                assertThat(prediction.codec()).isEqualTo("raw");
                assertThat(prediction.codeBytesUp()).isEqualTo(cut.equals("input") ? 32 : 24);
                assertThat(prediction.codeBytesDown()).isEqualTo(24);
                assertThat(prediction.wireBytesUp()).isGreaterThan(prediction.codeBytesUp() + 200);
                assertThat(prediction.wireBytesDown()).isGreaterThan(prediction.codeBytesDown() + 100);
                assertThat(model.lastError()).isEmpty();
                assertThat(model.blocked()).isEmpty();
            }
        }
    }

    @Test
    void predict_logits_areReadAsProbabilities() {
        try (HybridModel model = hybrid().cut("h").codec("q8").open()) {
            Prediction prediction = model.predict(TestBundle.x(1, 6));
            float[] logits = prediction.output("y").toFloats();
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
                assertThat(logit).isLessThanOrEqualTo(logits[prediction.index()]);
            }
            assertThat(prediction.probability())
                    .isCloseTo(
                            Math.exp(logits[prediction.index()]) / sum, org.assertj.core.api.Assertions.within(1e-9));
            assertThat(prediction.label()).isEqualTo(TestBundle.LABELS.get(prediction.index()));
        }
    }

    @Test
    void predict_auto_plansByWhatItMeasured() {
        try (HybridModel model = hybrid().open()) {
            Plan plan = model.plan();
            assertThat(plan.options()).extracting(Plan.Option::cut).contains("input", "h", "k", "output");
            assertThat(plan.chosen()).isEqualTo(plan.options().get(0));
            assertThat(plan.options())
                    .allSatisfy(option -> assertThat(option.total()).isPositive());
            Prediction prediction = model.predict(TestBundle.x(1, 7));
            assertThat(prediction.cut()).isEqualTo(plan.cut());
            assertThat(prediction.codec()).isEqualTo(plan.codec());
        }
    }

    @Test
    void predict_withoutCloud_isAnsweredHere() {
        Tensor x = TestBundle.x(1, 8);
        try (HybridModel model = HybridModel.builder(bundle).open()) {
            Prediction prediction = model.predict(x);
            assertThat(prediction.answeredBy()).isEqualTo(Tier.DEVICE);
            assertThat(prediction.why()).isEmpty();
            assertThat(prediction.cut()).isEqualTo("output");
            assertThat(prediction.wireBytesUp()).isZero();
            assertThat(prediction.output("y").sameBits(TestBundle.reference(bundle, x)))
                    .isTrue();
        }
    }

    @Test
    void predict_nobodyListens_isAnsweredHereAndSaysSo() {
        try (HybridModel model = HybridModel.builder(bundle)
                .cloud(URI.create("http://127.0.0.1:1"))
                .cut("h")
                .codec("raw")
                .open()) {
            Prediction prediction = model.predict(TestBundle.x(1, 9));
            assertThat(prediction.answeredBy()).isEqualTo(Tier.DEVICE);
            assertThat(prediction.why().orElseThrow().reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(model.lastError()).isPresent();
            assertThat(model.blocked()).isPresent();
        }
    }

    @Test
    void predict_serverHasAnotherBundle_isAnsweredHereAndSaysSo() {
        Path other = folder.resolve("other").resolve("drinks.narrows");
        TestBundle.write(other, 0, 2);
        Tensor x = TestBundle.x(1, 10);
        try (HybridModel model =
                HybridModel.builder(other).cloud(cloud()).cut("h").codec("raw").open()) {
            Prediction prediction = model.predict(x);
            assertThat(prediction.why().orElseThrow().reason()).isEqualTo(Reason.MISMATCH);
            assertThat(prediction.output("y").sameBits(TestBundle.reference(other, x)))
                    .isTrue();
        }
    }

    @Test
    void predict_namedCutOutput_sendsNothing() {
        try (HybridModel model = hybrid().cut("output").open()) {
            Prediction prediction = model.predict(TestBundle.x(1, 11));
            assertThat(prediction.answeredBy()).isEqualTo(Tier.DEVICE);
            assertThat(prediction.why().orElseThrow().reason()).isEqualTo(Reason.PLANNED);
        }
    }

    @Test
    void predictAll_batch_isOneRequestWithARowForEachItem() {
        Tensor batch = TestBundle.x(5, 12);
        Tensor expected = TestBundle.reference(bundle, batch);
        try (HybridModel model = hybrid().cut("h").codec("raw").open()) {
            List<Prediction> predictions = model.predictAll(batch);
            assertThat(predictions).hasSize(5);
            for (int i = 0; i < 5; i++) {
                assertThat(predictions.get(i).answeredBy()).isEqualTo(Tier.CLOUD);
                assertThat(predictions.get(i).output("y").sameBits(expected.slice(i, i + 1)))
                        .isTrue();
                assertThat(predictions.get(i).codeBytesUp()).isEqualTo(24);
            }
            assertThat(model.predictAll(TestBundle.x(0, 1))).isEmpty();
        }
    }

    @Test
    void predictAll_networkOfBatch1_goesItemByItem() {
        Path single = folder.resolve("single").resolve("drinks.narrows");
        TestBundle.write(single, 1, 1);
        Tensor batch = TestBundle.x(3, 13);
        try (HybridModel model = HybridModel.builder(single).open()) {
            List<Prediction> predictions = model.predictAll(batch);
            assertThat(predictions).hasSize(3);
            for (int i = 0; i < 3; i++) {
                Tensor expected = TestBundle.reference(single, batch.slice(i, i + 1));
                assertThat(predictions.get(i).output("y").sameBits(expected)).isTrue();
            }
        }
    }

    @Test
    void predictAsync_manyThreads_eachGetsItsOwnAnswer() {
        List<Tensor> items = new ArrayList<>();
        List<CompletableFuture<Prediction>> predictions = new ArrayList<>();
        try (HybridModel model = hybrid().cut("h").codec("raw").open()) {
            for (int i = 0; i < 64; i++) {
                items.add(TestBundle.x(1, 100 + i));
                predictions.add(model.predictAsync(items.get(i)));
            }
            for (int i = 0; i < 64; i++) {
                Prediction prediction = predictions.get(i).join();
                assertThat(prediction.output("y").sameBits(TestBundle.reference(bundle, items.get(i))))
                        .isTrue();
            }
        }
    }

    @Test
    void predict_doesNotFit_saysWhatWasExpected() {
        try (HybridModel model = HybridModel.builder(bundle).open()) {
            assertThatThrownBy(() -> model.predict(Tensor.zeros(DType.FLOAT32, 1, 7)))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("x FLOAT32[-1, 8]");
            assertThatThrownBy(() -> model.predict(TestBundle.x(2, 1)))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("predictAll");
        }
    }

    @Test
    void open_unknownNames_areRefused() {
        assertThatThrownBy(() -> HybridModel.builder(bundle).cut("nowhere").open())
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(
                        () -> HybridModel.builder(bundle).cut("k").codec("q8").open())
                .isInstanceOf(IncompatibleException.class);
        assertThatThrownBy(() -> HybridModel.builder(bundle).codec("q3").open())
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("q3");
    }

    @Test
    void builder_badOptions_areRefused() {
        HybridModelBuilder builder = HybridModel.builder(bundle);
        assertThatThrownBy(() -> builder.deadline(Duration.ZERO)).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> builder.cloud(URI.create("ftp://host"))).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> builder.leastAgreement(Double.NaN)).isInstanceOf(InvalidException.class);
    }

    @Test
    void close_whileAnItemWaits_endsItWithThatError() {
        FakeRemote silent = new FakeRemote();
        silent.metadata = () -> FakeRemote.bundle(hash, "");
        silent.onInfer = call -> {
            if (silent.calls.size() == 1) { // the sample that opens the way
                InferResponse sound = new InferResponse(
                        "drinks", "", call.request.id(), Parameters.NONE, List.of(WireTensor.of("y", Y)));
                call.reply().complete(new Remote.Answer(Checksum.sign(sound)));
            }
        };
        HybridModel model = HybridModel.builder(bundle)
                .remote(silent)
                .cut("h")
                .codec("raw")
                .deadline(LONG)
                .open();
        assertThat(model.blocked()).isEmpty();
        CompletableFuture<Prediction> waiting = model.predictAsync(TestBundle.x(1, 1));
        model.close();
        assertThat(waiting).failsWithin(LONG).withThrowableThat().withRootCauseInstanceOf(InvalidException.class);
        assertThat(silent.closed).isTrue();
    }

    @Test
    void close_thenPredict_saysClosed() {
        HybridModel model = hybrid().open();
        model.close();
        assertThatThrownBy(() -> model.predict(TestBundle.x(1, 1)))
                .isInstanceOf(InvalidException.class)
                .hasMessage("model \"drinks\": closed (expected: open)");
        model.close();
    }
}
