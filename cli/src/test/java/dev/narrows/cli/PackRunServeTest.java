package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.engine.Tensor;
import dev.narrows.items.Npy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands one after the other, as a person uses them: pack, inspect, run, serve and run against it. */
class PackRunServeTest {

    private static final Path BARISTA = Golden.root().resolve("examples/barista");
    private static final String CLIPS = BARISTA.resolve("clips").toString();

    @TempDir
    static Path directory;

    @SuppressWarnings("NullAway.Init") // pack() sets it
    private static Path bundle;

    @SuppressWarnings("NullAway.Init")
    private static Cli.Result packed;

    @BeforeAll
    static void pack() {
        bundle = directory.resolve("barista.narrows");
        packed = Cli.run(
                "pack",
                BARISTA.resolve("first/barista.onnx").toString(),
                "--at",
                "code",
                "--labels",
                BARISTA.resolve("first/labels.txt").toString(),
                "--preprocess",
                "audio",
                "--calibrate",
                CLIPS,
                "--codecs",
                "q8,q4",
                "-o",
                bundle.toString(),
                "--json");
    }

    @Test
    void pack_barista_measuresEveryCodec() {
        assertThat(packed.err()).isEmpty();
        assertThat(packed.code()).isZero();
        JsonObject json = JsonParser.parseString(packed.out()).getAsJsonObject();
        assertThat(json.get("hash").getAsString()).hasSize(64);
        assertThat(json.getAsJsonObject("verification").get("items").getAsInt()).isEqualTo(21);
        assertThat(json.getAsJsonObject("verification")
                        .get("max_relative_difference")
                        .getAsDouble())
                .isZero();
        JsonObject code = json.getAsJsonArray("cuts").get(1).getAsJsonObject();
        assertThat(code.get("cut").getAsString()).isEqualTo("code");
        assertThat(code.getAsJsonArray("codecs"))
                .extracting(codec -> codec.getAsJsonObject().get("codec").getAsString())
                .containsExactly("raw", "fp16", "q8", "q4");
        assertThat(codec(code, "q8").get("mean_bytes").getAsDouble()).isBetween(300.0, 640.0);
        assertThat(codec(code, "q4").get("mean_bytes").getAsDouble()).isBetween(100.0, 240.0);
        assertThat(codec(code, "q4").get("agreement").getAsDouble()).isEqualTo(1);
        assertThat(json.getAsJsonObject("verification").get("held_out").getAsInt())
                .isEqualTo(21);
        assertThat(json.get("notes").toString())
                .contains("no codec but raw", "on 35 held-out items or more", "there were 21");
    }

    @Test
    void pack_float16Network_isWidenedAndSaysSo() throws IOException {
        Path own = Files.createDirectory(directory.resolve("half"));

        Cli.Result result = Cli.run(
                "pack",
                SmallNetworks.half(own).toString(),
                "--into",
                "2",
                "-o",
                own.resolve("half.narrows").toString());

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("note: a float16 network, packed in float32")
                .contains("from the given network's");
    }

    @Test
    void pack_twice_givesTheSameBytes() throws IOException {
        Path own = Files.createDirectory(directory.resolve("twice"));
        Path items = own.resolve("items.npy");
        float[] values = new float[16 * 32];
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        Npy.write(items, Tensor.of(values, 16, 32));
        Path model = SmallNetworks.waist(own);
        for (String name : List.of("1.narrows", "2.narrows")) {
            Cli.Result result = Cli.run(
                    "pack",
                    model.toString(),
                    "--at",
                    "hidden",
                    "--calibrate",
                    items.toString(),
                    "--codecs",
                    "q8,q4",
                    "-o",
                    own.resolve(name).toString());
            assertThat(result.code()).isZero();
        }

        assertThat(own.resolve("2.narrows")).hasSameBinaryContentAs(own.resolve("1.narrows"));
    }

    @Test
    void pack_splitDirectory_takesItsCutsAndItsSource() throws IOException {
        Path model = SmallNetworks.waist(directory);
        Path parts = directory.resolve("parts");
        Path target = directory.resolve("waist.narrows");
        Cli.run("split", model.toString(), "--at", "hidden", "-o", parts.toString());

        Cli.Result result = Cli.run("pack", parts.toString(), "-o", target.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("hidden").contains("note: verified on 4 random items");
        Files.write(model, new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);
        Cli.Result changed = Cli.run("pack", parts.toString(), "-o", target.toString());
        assertThat(changed.code()).isEqualTo(1);
        assertThat(changed.err()).contains("has changed since it was split");
    }

    @Test
    void inspect_bundle_listsCutsAndCodecs() {
        Cli.Result result = Cli.run("inspect", bundle.toString());

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("bundle      barista")
                .contains("items       sound, 16000 Hz, 2.0 s, mono")
                .contains("labels      14: espresso, double_espresso")
                .containsPattern("code +4.00 kB +raw +4.00 kB +100.0 % +21 +yes +yes")
                .containsPattern("code +4.00 kB +q4 +\\d+ B +100.0 % +21 +no +no");
    }

    @Test
    void run_withoutCloud_givesTheReferencesAnswers() throws IOException {
        Cli.Result result = Cli.run("run", bundle.toString(), "--input", CLIPS, "--json");

        assertThat(result.code()).isZero();
        assertThat(answers(result))
                .isEqualTo(Files.readAllLines(BARISTA.resolve("first/expected.csv")).stream()
                        .skip(1)
                        .map(line -> line.split(",", -1)[0] + " " + line.split(",", -1)[2])
                        .sorted()
                        .toList());
    }

    @Test
    void run_unreadableFile_isReportedAndTheOthersGoOn() throws IOException {
        Path broken = Files.writeString(directory.resolve("broken.wav"), "no sound");

        Cli.Result result = Cli.run("run", bundle.toString(), "--input", broken.toString(), CLIPS + "/latte_1.wav");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).contains("latte_1.wav").contains("1 item: 0 by the cloud, 1 by the device");
        assertThat(result.errLines()).hasSize(1);
        assertThat(result.err()).contains("broken.wav").contains("not a WAV file");
    }

    @Test
    void run_cloudNotThere_isAnsweredByTheDeviceAndSaysWhy() {
        Cli.Result result = Cli.run(
                "run",
                bundle.toString(),
                "--cloud",
                "http://127.0.0.1:9",
                "--cut",
                "code",
                "--input",
                CLIPS + "/latte_1.wav");

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("1 item: 0 by the cloud, 1 by the device")
                .contains("note: device answered 1: UNREACHABLE");
    }

    @Test
    void serve_andRun_answerInTheCloud() throws Exception {
        PipedReader pipe = new PipedReader(1 << 16);
        PrintWriter out = new PrintWriter(new PipedWriter(pipe));
        Terminal terminal = new Terminal(out, new PrintWriter(new StringWriter()), false, System::nanoTime);
        int[] code = {-1};
        Thread server = new Thread(() -> code[0] = Main.run(
                terminal,
                "serve",
                bundle.toString(),
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--warm-up",
                "3",
                "--json"));
        server.start();
        try (BufferedReader events = new BufferedReader(pipe)) {
            JsonObject ready = JsonParser.parseString(events.readLine()).getAsJsonObject();
            assertThat(ready.get("event").getAsString()).isEqualTo("ready");
            assertThat(ready.getAsJsonArray("models")
                            .get(0)
                            .getAsJsonObject()
                            .get("ready")
                            .getAsBoolean())
                    .isTrue();

            Cli.Result result = Cli.run(
                    "run",
                    bundle.toString(),
                    "--cloud",
                    ready.get("address").getAsString(),
                    "--cut",
                    "code",
                    "--codec",
                    "q8",
                    "--deadline",
                    "10s",
                    "--input",
                    CLIPS + "/*_0.wav");

            assertThat(result.code()).isZero();
            assertThat(result.out()).contains("14 items: 14 by the cloud, 0 by the device");
        } finally {
            server.interrupt();
            server.join(TimeUnit.SECONDS.toMillis(30));
        }
        assertThat(code[0]).isZero();
    }

    @Test
    void serve_terminated_drainsAndEnds() throws Exception {
        Process process = Cli.process(
                        List.of(), "serve", small().toString(), "--host", "127.0.0.1", "--port", "0", "--warm-up", "3")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = process.inputReader()) {
            List<String> lines = new java.util.ArrayList<>();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                if (line.startsWith("serving on http://127.0.0.1:")) {
                    break;
                }
            }
            assertThat(lines).last().asString().endsWith("(gRPC and REST); Ctrl-C ends it");

            process.destroy(); // SIGTERM

            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + 15);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void serve_portTaken_failsWithOneLine() throws IOException {
        try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            Cli.Result result = Cli.run(
                    "serve", small().toString(), "--host", "127.0.0.1", "--port", String.valueOf(taken.getLocalPort()));

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.errLines()).hasSize(2);
            assertThat(result.err()).contains("port: " + taken.getLocalPort());
        }
    }

    /** A plain ONNX file of a few nodes: served as fast as any. */
    private static Path small() throws IOException {
        return SmallNetworks.waist(Files.createTempDirectory(directory, "served"));
    }

    private static List<String> answers(Cli.Result result) {
        return result.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .map(json -> Path.of(json.get("item").getAsString()).getFileName() + " "
                        + json.get("label").getAsString())
                .sorted()
                .toList();
    }

    private static JsonObject codec(JsonObject cut, String name) {
        for (var codec : cut.getAsJsonArray("codecs")) {
            if (codec.getAsJsonObject().get("codec").getAsString().equals(name)) {
                return codec.getAsJsonObject();
            }
        }
        throw new AssertionError("no codec " + name + " in " + cut);
    }
}
