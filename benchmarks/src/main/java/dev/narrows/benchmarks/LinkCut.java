package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.cloud.CloudServer;
import dev.narrows.emulator.LinkPresets;
import dev.narrows.engine.Chain;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.Link;
import dev.narrows.wire.bundle.Bundle;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The link is cut at a random moment of each of many predictions: is every answer right, and in time? The barista, cut at
 * {@code code}, over an emulated link of 5.85 Mbit/s up and 60 ms round trip, on a device slowed 8 times, with a deadline
 * of 300 ms. Half of the cuts are black-outs, half reset all connections. Before each cut the link is back, the circuit
 * closed and an undisturbed prediction made. A few devices work at once (they mostly wait), each with its own link.
 *
 * <p>Right is: every bit equal to the device's own answer where the device answered or the codec is {@code raw}; the
 * same label where the cloud answered a lossy code. In time is: the caller has the answer {@value #GRACE_MILLIS} ms after
 * the deadline at the latest.
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.LinkCut [PREDICTIONS]
 * </pre>
 *
 * Writes {@code docs/results/link-cut.json}; exits with 1 if an answer was wrong or late.
 */
public final class LinkCut {

    static final long GRACE_MILLIS = 50;
    static final Duration DEADLINE = Duration.ofMillis(300);
    static final double SLOWDOWN = 8;

    private static final int PREDICTIONS = 1_000;
    private static final int DEVICES = 4;
    private static final List<String> CODECS = List.of("raw", "q8", "q4");

    private LinkCut() {}

    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        int predictions = arguments.length == 0 ? PREDICTIONS : Integer.parseInt(arguments[0]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Link link = LinkPresets.of("lte");
        Path directory = Files.createTempDirectory("narrows-link-cut");
        Bundle bundle = BaristaBundle.pack(directory);
        Path file = directory.resolve(BaristaBundle.NAME + ".narrows");
        List<Tensor> clips = BaristaBundle.clips();
        List<Tensor> own = own(bundle, clips);
        JsonArray rows = new JsonArray();
        boolean sound = true;
        try (CloudServer server =
                CloudServer.builder(directory).host("127.0.0.1").port(0).start()) {
            for (String codec : CODECS) {
                LinkCutTally tally = new LinkCutTally(codec);
                ExecutorService devices = Executors.newFixedThreadPool(DEVICES);
                List<Future<?>> ends = new ArrayList<>();
                for (int i = 0; i < DEVICES; i++) {
                    int share = predictions * (i + 1) / DEVICES - predictions * i / DEVICES;
                    LinkCutDevice device =
                            new LinkCutDevice(file, codec, link, server.port(), clips, own, share, i, tally);
                    ends.add(devices.submit(device));
                }
                for (Future<?> end : ends) {
                    end.get();
                }
                devices.shutdown();
                JsonObject row = tally.json();
                out.println(row);
                rows.add(row);
                sound &= tally.sound();
            }
        }
        JsonObject data = new JsonObject();
        data.addProperty(
                "link",
                link.upMbps() + " Mbit/s up, " + link.downMbps() + " down, "
                        + link.roundTrip().toMillis() + " ms round trip, emulated");
        data.addProperty("deadlineMillis", DEADLINE.toMillis());
        data.addProperty("graceMillis", GRACE_MILLIS);
        data.addProperty("deviceSlowdown", SLOWDOWN);
        data.addProperty("devicesAtOnce", DEVICES);
        data.add("codecs", rows);
        out.println(ResultFile.write(
                "link-cut",
                "java -cp \"benchmarks/target/classes:benchmarks/target/lib/*\" dev.narrows.benchmarks.LinkCut",
                data));
        System.exit(sound ? 0 : 1);
    }

    /** What a device alone answers to each clip. */
    private static List<Tensor> own(Bundle bundle, List<Tensor> clips) {
        try (Chain chain = bundle.open(SessionOptions.DEFAULT)) {
            return clips.stream()
                    .map(clip -> chain.run(0, chain.segments(), Map.of("pcm", clip))
                            .outputs()
                            .values()
                            .iterator()
                            .next())
                    .toList();
        }
    }
}
