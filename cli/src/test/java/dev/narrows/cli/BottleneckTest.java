package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.cloud.CloudServer;
import dev.narrows.device.HybridModel;
import dev.narrows.device.HybridModelBuilder;
import dev.narrows.device.Plan;
import dev.narrows.device.Prediction;
import dev.narrows.engine.Tensor;
import dev.narrows.items.Npy;
import dev.narrows.wire.Tier;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network with whole numbers in the middle: packed, and run on a device and a server with codec {@code bottleneck}. */
class BottleneckTest {

    private static final int ITEMS = 400;

    @TempDir
    static Path directory;

    @SuppressWarnings("NullAway.Init") // pack() sets it
    private static Cli.Result packed;

    @BeforeAll
    static void pack() throws IOException {
        SmallNetworks.bottleneck(directory);
        Npy.write(directory.resolve("items.npy"), items(ITEMS, 9));
        packed = pack("bundle", "--at", "code", "--codecs", "q8,bottleneck");
    }

    private static Cli.Result pack(String bundle, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "pack",
                directory.resolve("bottleneck.onnx").toString(),
                "--calibrate",
                directory.resolve("items.npy").toString(),
                "-o",
                directory.resolve(bundle + ".narrows").toString(),
                "--json"));
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray(String[]::new));
    }

    private static Tensor items(int count, long seed) {
        float[] values = new float[count * 32];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (8 * random.nextDouble() - 4);
        }
        return Tensor.of(values, count, 32);
    }

    @Test
    void pack_codeOfWholeNumbers_isLosslessAndSmall() {
        assertThat(packed.code()).as(packed.err()).isZero();
        JsonArray cuts = JsonParser.parseString(packed.out()).getAsJsonObject().getAsJsonArray("cuts");
        JsonObject code = cuts.get(1).getAsJsonObject();

        assertThat(names(cuts.get(0).getAsJsonObject())).containsExactly("raw", "fp16", "q8");
        assertThat(names(code)).containsExactly("raw", "fp16", "q8", "bottleneck");
        JsonObject bottleneck = code.getAsJsonArray("codecs").get(3).getAsJsonObject();
        JsonObject q8 = code.getAsJsonArray("codecs").get(2).getAsJsonObject();
        assertThat(bottleneck.get("lossless").getAsBoolean()).isTrue();
        assertThat(bottleneck.get("agreement").getAsDouble()).isEqualTo(1);
        assertThat(bottleneck.get("mean_bytes").getAsDouble())
                .isLessThan(6.5) // 8 numbers of 6 levels are at most 20.7 bits
                .isLessThan(q8.get("mean_bytes").getAsDouble() - 8);
    }

    private static List<String> names(JsonObject cut) {
        List<String> names = new ArrayList<>();
        for (JsonElement codec : cut.getAsJsonArray("codecs")) {
            names.add(codec.getAsJsonObject().get("codec").getAsString());
        }
        return names;
    }

    @Test
    void pack_noCutOfWholeNumbers_isRefusedAndNamesTensorAndValue() {
        Cli.Result result = pack("none", "--at", "y", "--codecs", "bottleneck");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains("codec bottleneck: no cut of whole numbers")
                .containsPattern("value: [0-9.-]+ \\(expected: a whole number, 0 to 255\\), element \\d+")
                .contains("tensor \\\"y\\\"");
        assertThat(Files.exists(directory.resolve("none.narrows"))).isFalse();
    }

    @Test
    void predict_withTheServer_isTheWholeNetworksAnswerBitByBit() {
        Tensor batch = items(5, 77);
        List<Tensor> expected = new ArrayList<>();
        try (HybridModel alone = HybridModel.builder(bundle()).open()) {
            alone.predictAll(batch).forEach(prediction -> expected.add(prediction.output("scores")));
        }
        try (CloudServer server = server();
                HybridModel model = hybrid(server).codec("bottleneck").open()) {
            List<Prediction> together = model.predictAll(batch);
            for (int item = 0; item < 5; item++) {
                Prediction alone = model.predict(batch.slice(item, item + 1));
                for (Prediction prediction : List.of(alone, together.get(item))) {
                    assertThat(prediction.answeredBy()).isEqualTo(Tier.CLOUD);
                    assertThat(prediction.codec()).isEqualTo("bottleneck");
                    assertThat(prediction.output("scores").sameBits(expected.get(item)))
                            .isTrue();
                }
                assertThat(alone.codeBytesUp()).isBetween(3L, 8L);
            }
        }
    }

    @Test
    void predict_auto_mayChooseIt() {
        try (CloudServer server = server();
                HybridModel model = hybrid(server).open()) {
            assertThat(model.plan().options()).extracting(Plan.Option::codec).contains("bottleneck");
            assertThat(model.predict(items(1, 3)).why()).isEmpty();
        }
    }

    private static Path bundle() {
        return directory.resolve("bundle.narrows");
    }

    private static CloudServer server() {
        return CloudServer.builder(bundle())
                .host("127.0.0.1")
                .port(0)
                .warmUpRequests(0)
                .drainTime(Duration.ZERO)
                .start();
    }

    private static HybridModelBuilder hybrid(CloudServer server) {
        return HybridModel.builder(bundle())
                .cloud(URI.create("http://127.0.0.1:" + server.port()))
                .cut("code")
                .deadline(Duration.ofMinutes(1));
    }
}
