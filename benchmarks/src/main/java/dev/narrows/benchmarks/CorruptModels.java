package dev.narrows.benchmarks;

import com.google.gson.JsonObject;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.errors.NarrowsException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Breaks model files in 10,000 ways and reads them as the product does: (a) beside the checksum of the file as it was:
 * all must be refused; (b) without a checksum: our reader, then our writer, then ONNX Runtime; counts who refused. The
 * work is done in a process of its own, so that a crash or a hang is an outcome and not the end.
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.CorruptModels
 * </pre>
 */
public final class CorruptModels {

    private static final int FILES = 10_000;
    private static final long SEED = 20_260_101;
    private static final Duration HANG = Duration.ofSeconds(60);
    private static final String WORKER = "worker";

    /** Networks of several kinds, small enough that ten thousand of them take minutes. */
    private static final List<String> SHARED = List.of(
            "models/cifar10/resnet20.onnx",
            "models/imagenet/squeezenet_fp16.onnx",
            "models/detect/yolox_nano.onnx",
            "models/speech/silero_vad.onnx",
            "models/speech/silero_vad_16k_op15.onnx",
            "models/light/light_densenet121.onnx",
            "models/light/light_shufflenet.onnx");

    /** In the order in which they are declared, so that a file's number says how it is broken. */
    private static final List<Corruption> KINDS = List.copyOf(EnumSet.allOf(Corruption.class));

    private CorruptModels() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int files = args.length == 0 || args[0].equals(WORKER) ? FILES : Integer.parseInt(args[0]);
        if (args.length > 1 && args[0].equals(WORKER)) {
            work(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        } else {
            measure(files);
        }
    }

    private static List<Path> models() {
        List<Path> models = new ArrayList<>();
        models.add(ResultFile.root().resolve("examples/barista/first/barista.onnx"));
        SHARED.stream().map(ResultFile.shared()::resolve).filter(Files::exists).forEach(models::add);
        return models;
    }

    private static void measure(int files) throws IOException, InterruptedException {
        Tally tally = new Tally();
        ExecutorService reading = Executors.newSingleThreadExecutor();
        long start = System.nanoTime();
        int next = 0;
        while (next < files) {
            Process worker = worker(next, files);
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8))) {
                boolean hung = false;
                String line = "";
                while (line != null) {
                    Future<String> coming = reading.submit(lines::readLine);
                    try {
                        line = coming.get(HANG.toMillis(), TimeUnit.MILLISECONDS);
                    } catch (TimeoutException e) {
                        hung = true;
                        break;
                    } catch (ExecutionException e) {
                        throw new IOException("worker's output", e);
                    }
                    if (line != null) {
                        tally.add(line);
                        next++;
                    }
                }
                if (next < files) {
                    tally.lost(next, hung);
                    next++;
                }
            } finally {
                worker.destroyForcibly().waitFor();
            }
        }
        reading.shutdownNow();
        JsonObject data = tally.json(
                models().stream().map(model -> model.getFileName().toString()).toList());
        data.addProperty("seconds", (System.nanoTime() - start) / 1_000_000_000);
        Path result = ResultFile.write("corrupt-models", "java dev.narrows.benchmarks.CorruptModels", data);
        System.out.println(data + "\n" + result);
    }

    private static Process worker(int from, int to) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-Dnarrows.root=" + ResultFile.root(),
                        "-DNARROWS_SHARED=" + ResultFile.shared(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CorruptModels.class.getName(),
                        WORKER,
                        Integer.toString(from),
                        Integer.toString(to))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void work(int from, int to) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<Path> models = models();
        List<byte[]> originals = new ArrayList<>();
        for (Path model : models) {
            originals.add(Files.readAllBytes(model));
        }
        Path folder = Files.createTempDirectory("corrupt-models");
        Path file = folder.resolve("model.onnx");
        try {
            for (int i = from; i < to; i++) {
                Random random = new Random(SEED + i);
                byte[] original = originals.get(i % originals.size());
                Corruption kind = KINDS.get(i / originals.size() % KINDS.size());
                byte[] broken = kind.of(original, random);
                while (Arrays.equals(broken, original)) {
                    broken = kind.of(original, random);
                }
                String model = models.get(i % models.size()).getFileName().toString();
                String[] with = withChecksum(file, original, broken);
                String[] without = withoutChecksum(broken);
                out.println(String.join(
                        "\t",
                        kind.name(),
                        model,
                        with[0],
                        without[0],
                        Long.toString(residentKilobytes()),
                        with[1],
                        without[1]));
            }
        } finally {
            Files.deleteIfExists(OnnxFiles.sumFile(file));
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    /** The outcome, and the error's text. */
    private static String[] withChecksum(Path file, byte[] original, byte[] broken) throws IOException {
        OnnxFiles.writeSum(file, ByteBuffer.wrap(original));
        Files.write(file, broken);
        try {
            OnnxFiles.read(file);
            return new String[] {"loaded", ""};
        } catch (NarrowsException e) {
            return new String[] {e.getClass().getSimpleName(), oneLine(e)};
        }
    }

    private static String[] withoutChecksum(byte[] broken) {
        Network network;
        ByteBuffer checked;
        try {
            network = OnnxReader.read(ByteBuffer.wrap(broken), OnnxReader.ExternalData.NONE);
            checked = OnnxWriter.write(network);
        } catch (NarrowsException e) {
            return new String[] {"reader: " + e.getClass().getSimpleName(), oneLine(e)};
        }
        try (Session session = Session.open("broken", checked, Map.of(), SessionOptions.DEFAULT)) {
            return new String[] {"loaded", session.name()};
        } catch (NarrowsException e) {
            return new String[] {"runtime: " + e.getClass().getSimpleName(), oneLine(e)};
        }
    }

    private static String oneLine(NarrowsException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    }

    private static long residentKilobytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return 0;
    }

    /** What became of the files. */
    private static final class Tally {

        private final Map<String, Integer> with = new TreeMap<>();
        private final Map<String, Integer> without = new TreeMap<>();
        private final Map<String, Map<String, Integer>> byKind = new TreeMap<>();
        private final Map<String, String> examples = new TreeMap<>();
        private final List<Long> residentMegabytes = new ArrayList<>();
        private final List<String> lost = new ArrayList<>();
        private int files;
        private int unclear;

        void add(String line) {
            String[] parts = line.split("\t", -1);
            with.merge(parts[2], 1, Integer::sum);
            without.merge(parts[3], 1, Integer::sum);
            byKind.computeIfAbsent(parts[0], kind -> new TreeMap<>()).merge(parts[3], 1, Integer::sum);
            String who = parts[3].startsWith("loaded") ? "loaded" : parts[3];
            if (!who.equals("loaded")) {
                examples.putIfAbsent(parts[0] + ", " + who, parts[6]);
            }
            // A clear error says what it met and what it expected, or what the runtime said.
            boolean clear = who.equals("loaded")
                    || parts[6].contains("(expected: ")
                    || parts[6].contains("too large")
                    || parts[6].contains("cannot")
                    || (who.startsWith("runtime") && parts[6].length() > 20)
                    || parts[6].contains("not UTF-8");
            unclear += clear ? 0 : 1;
            if (files % 1000 == 999) {
                residentMegabytes.add(Long.parseLong(parts[4]) / 1024);
            }
            files++;
        }

        void lost(int index, boolean hung) {
            lost.add(index + (hung ? " hung" : " crashed"));
            files++;
        }

        JsonObject json(List<String> models) {
            JsonObject json = new JsonObject();
            json.addProperty("files", files);
            json.addProperty("networks", String.join(" ", models));
            json.add("withChecksum", object(with));
            json.add("withoutChecksum", object(without));
            JsonObject kinds = new JsonObject();
            byKind.forEach((kind, outcomes) -> kinds.add(kind, object(outcomes)));
            json.add("withoutChecksumByKind", kinds);
            json.addProperty("crashesAndHangs", lost.size());
            json.addProperty("lost", String.join(", ", lost));
            json.addProperty("errorsWithoutExpectation", unclear);
            json.addProperty("residentMegabytesEvery1000", residentMegabytes.toString());
            JsonObject texts = new JsonObject();
            examples.forEach(texts::addProperty);
            json.add("examples", texts);
            return json;
        }

        private static JsonObject object(Map<String, Integer> counts) {
            JsonObject object = new JsonObject();
            counts.forEach(object::addProperty);
            return object;
        }
    }
}
