package dev.narrows.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.narrows.emulator.LinkEmulator;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.items.ItemReader;
import dev.narrows.plan.PackReport;
import dev.narrows.plan.Packer;
import dev.narrows.wire.Link;
import dev.narrows.wire.bundle.Preprocessing;
import dev.narrows.wire.codec.Codecs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The main job: spoken coffee orders travel device → link → cloud → answer. Packs the coffee machine's network, starts
 * a cloud server in a process of its own, puts an emulated link in between, and runs all clips under every scenario.
 */
final class Demo {

    static final String BOTTLENECK = "bottleneck.code";

    private static final int CLIPS = 84;

    private static final Gson JSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final Preprocessing.Audio SOUND = new Preprocessing.Audio(16_000, 2.0, 1);

    /**
     * The demo's settings.
     *
     * @param barista the directory with the network, its labels and the clips
     * @param output where bundle, page and pictures are written
     * @param linkName what the user called the link
     * @param slowdown how many times slower than this machine the device is made
     * @param deadline when an answer is due in the scenarios in which the device may step in
     * @param seed of the link's jitter and loss
     */
    record Settings(
            Path barista, Path output, String linkName, Link link, double slowdown, Duration deadline, long seed) {}

    /** What the demo gave: the bundle, the results in the scenarios' order, and how they were measured. */
    record Report(PackReport pack, List<DemoResult> results, Map<String, String> settings) {

        /** The files for people to look at. */
        static final String PAGE = "index.html";

        String json() {
            JsonObject json = new JsonObject();
            json.addProperty("bundle", pack.hash());
            json.add("settings", JSON.toJsonTree(settings));
            json.add("results", JSON.toJsonTree(results));
            return JSON.toJson(json);
        }
    }

    private final Settings settings;

    Demo(Settings settings) {
        this.settings = settings;
    }

    /** How many orders a run of the demo places, for its progress. */
    static int orders() {
        return CLIPS * DemoScenario.all(BOTTLENECK, Duration.ofSeconds(1)).size()
                + DemoSlowDevice.ORDERS * DemoSlowDevice.scenarios().size();
    }

    /** Runs all scenarios; {@code step} is called after each order. */
    Report run(Runnable step) throws IOException {
        Files.createDirectories(settings.output());
        Path models = settings.output().resolve("models");
        Files.createDirectories(models);
        Network network = OnnxReader.read(settings.barista().resolve("barista.onnx"));
        TensorSpec input = new TensorSpec(
                network.inputs().get(0).name(),
                DType.FLOAT32,
                List.of(-1L, Math.round(SOUND.rate() * SOUND.seconds())));
        List<DemoClips.Clip> clips = DemoClips.read(settings.barista().resolve("clips"), ItemReader.of(SOUND, input));
        PackReport pack = pack(network, input.name(), clips, models.resolve("barista.narrows"));
        List<DemoResult> results = new ArrayList<>();
        try (DemoServer server = DemoServer.start(models, settings.output().resolve("server.log"))) {
            InetSocketAddress cloud = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            try (LinkEmulator link = LinkEmulator.start(settings.link(), cloud, settings.seed())) {
                DemoRun run = new DemoRun(pack.bundle(), clips, link, settings.slowdown(), DemoRun.WARM_UP);
                for (DemoScenario scenario : DemoScenario.all(BOTTLENECK, settings.deadline())) {
                    results.add(run.run(scenario, step));
                }
            }
            try (LinkEmulator link = LinkEmulator.start(DemoSlowDevice.LINK, cloud, settings.seed())) {
                List<DemoClips.Clip> some = DemoSlowDevice.clips(clips);
                DemoRun run = new DemoRun(pack.bundle(), some, link, DemoSlowDevice.SLOWDOWN, DemoSlowDevice.WARM_UP);
                for (DemoScenario scenario : DemoSlowDevice.scenarios()) {
                    results.add(run.run(scenario, step));
                }
            }
        }
        return write(new Report(pack, results, describe(pack, clips)));
    }

    private PackReport pack(Network network, String input, List<DemoClips.Clip> clips, Path target) throws IOException {
        List<String> labels = Files.readAllLines(settings.barista().resolve("labels.txt"));
        List<Map<String, Tensor>> calibration = new ArrayList<>();
        List<Map<String, Tensor>> verification = new ArrayList<>();
        for (DemoClips.Clip clip : clips) {
            (clip.forCalibration() ? calibration : verification).add(Map.of(input, clip.pcm()));
        }
        Packer.Options options = new Packer.Options(
                "barista",
                List.of(List.of(BOTTLENECK)),
                List.of(Codecs.BOTTLENECK),
                SOUND,
                labels,
                Map.of(),
                "",
                settings.seed());
        return new Packer(network, options, calibration, verification).pack(target);
    }

    private Map<String, String> describe(PackReport pack, List<DemoClips.Clip> clips) {
        long calibration = clips.stream().filter(DemoClips.Clip::forCalibration).count();
        Link link = settings.link();
        Map<String, String> text = new LinkedHashMap<>();
        text.put(
                "items",
                clips.size() + " spoken orders of 2 s at 16 kHz by synthetic voices that the network never heard");
        text.put(
                "device",
                String.format(
                        Locale.ROOT,
                        "emulated: this machine's processor, made %s times slower by sleeping after each run",
                        Quantity.plain(settings.slowdown())));
        text.put(
                "link",
                String.format(
                        Locale.ROOT,
                        "emulated (%s): %s Mbit/s up, %s down, %d ms round trip, jitter %d ms, loss %s %%; token"
                                + " bucket and propagation delay in user space, without TCP's slow start",
                        settings.linkName(),
                        Quantity.plain(link.upMbps()),
                        Quantity.plain(link.downMbps()),
                        link.roundTrip().toMillis(),
                        link.jitter().toMillis(),
                        Quantity.plain(100 * link.loss())));
        text.put("slow device", DemoSlowDevice.describe());
        text.put("cloud", "a server process on this machine, not slowed");
        text.put(
                "codecs",
                "calibrated on " + calibration + " of the clips, the other " + (clips.size() - calibration)
                        + " are held out; the table is over all, but for the last two rows");
        text.put(
                "bytes up",
                "the coded tensors of one item; \"with headers\" adds the request's JSON and"
                        + " headers as HTTP/1.1 writes them (HTTP/2, which is used, packs them smaller)");
        text.put("deadline", settings.deadline().toMillis() + " ms where the device may step in, else 20 s");
        text.put("bundle", pack.hash());
        text.put(
                "machine",
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " cores, Java "
                        + System.getProperty("java.version"));
        return text;
    }

    private Report write(Report report) throws IOException {
        String subtitle = String.format(
                Locale.ROOT,
                "device slowed %s×, link %s Mbit/s up, %d ms round trip, unless the row says otherwise",
                Quantity.plain(settings.slowdown()),
                Quantity.plain(settings.link().upMbps()),
                settings.link().roundTrip().toMillis());
        DemoCharts charts = new DemoCharts(report.results(), subtitle);
        charts.write(settings.output());
        Files.writeString(
                settings.output().resolve(Report.PAGE),
                DemoPage.html(
                        "One network on two machines: the talking coffee machine",
                        "Spoken orders, answered on the device, in the cloud, or by both: " + subtitle + ".",
                        report.results(),
                        charts.svg(),
                        report.settings()));
        Files.writeString(settings.output().resolve("results.json"), report.json() + "\n");
        return report;
    }

    /** The coffee machine's directory below the project's root. */
    static Path barista(Path root) {
        Path barista = root.resolve("examples").resolve("barista");
        if (!Files.isRegularFile(barista.resolve("barista.onnx"))) {
            throw new InvalidException(
                    "demo: no " + barista.resolve("barista.onnx") + " (expected: to be run from a checkout)");
        }
        return barista;
    }
}
