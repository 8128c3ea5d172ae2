package dev.narrows.benchmarks;

import com.google.gson.JsonObject;
import dev.narrows.errors.NarrowsException;
import dev.narrows.wire.bundle.Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Breaks the barista's bundle in 10,000 ways, half of them as a zip file and half as a directory, and reads it: every one
 * must be refused by an error of ours that says what it expected. Counts the outcomes, and what is left over: a bundle
 * that was read though it was broken, an error of another kind, an error without an expectation.
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.CorruptBundles
 * </pre>
 */
public final class CorruptBundles {

    private static final int BUNDLES = 10_000;
    private static final long SEED = 20_260_102;

    /** The kinds that know nothing of ONNX. */
    private static final List<Corruption> BYTES = List.of(
            Corruption.ONE_BIT,
            Corruption.SOME_BITS,
            Corruption.TRUNCATED,
            Corruption.APPENDED,
            Corruption.RANDOM_SPAN,
            Corruption.ZEROED_BLOCK,
            Corruption.LOST_BLOCK,
            Corruption.NOISE);

    /** What can happen to a directory besides. */
    private enum Loss {
        FILE_LOST,
        FILE_ADDED,
        FILES_SWAPPED,
        LINK_INSTEAD
    }

    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final Map<String, String> examples = new TreeMap<>();
    private int notRefused;
    private int withoutExpectation;

    private final Path folder;

    private CorruptBundles(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws IOException {
        int bundles = args.length == 0 ? BUNDLES : Integer.parseInt(args[0]);
        Path folder = Files.createTempDirectory("corrupt-bundles");
        try {
            new CorruptBundles(folder).measure(bundles);
        } finally {
            delete(folder);
        }
    }

    private void measure(int bundles) throws IOException {
        String hash = BaristaBundle.pack(folder).hash();
        Path zip = folder.resolve(BaristaBundle.NAME + ".narrows");
        Path directory = unpack(zip, folder.resolve("directory"));
        requireRead(zip, hash);
        requireRead(directory, hash);
        List<Path> files = files(directory);
        long start = System.nanoTime();
        for (int i = 0; i < bundles; i++) {
            Random random = new Random(SEED + i);
            int kind = i / 2 % (BYTES.size() + Loss.values().length);
            if (i % 2 == 0) {
                damage(zip, zip, BYTES.get(i / 2 % BYTES.size()), random, "zip");
            } else if (kind < BYTES.size()) {
                damage(directory, files.get(random.nextInt(files.size())), BYTES.get(kind), random, "directory");
            } else {
                lose(directory, files, Loss.values()[kind - BYTES.size()], random);
            }
        }
        requireRead(zip, hash);
        requireRead(directory, hash);
        JsonObject data = new JsonObject();
        data.addProperty("bundles", bundles);
        data.addProperty("bundleBytes", Files.size(zip));
        data.addProperty("notRefused", notRefused);
        data.addProperty("errorsWithoutExpectation", withoutExpectation);
        data.addProperty("seconds", (System.nanoTime() - start) / 1_000_000_000);
        JsonObject counts = new JsonObject();
        outcomes.forEach(counts::addProperty);
        data.add("outcomes", counts);
        JsonObject texts = new JsonObject();
        examples.forEach(texts::addProperty);
        data.add("examples", texts);
        Path result = ResultFile.write("corrupt-bundles", "java dev.narrows.benchmarks.CorruptBundles", data);
        System.out.println(data + "\n" + result);
        if (notRefused + withoutExpectation > 0) {
            throw new IllegalStateException(notRefused + " broken bundles were not refused, " + withoutExpectation
                    + " without saying what was expected");
        }
    }

    /** Breaks one file, reads the bundle, and mends the file. */
    private void damage(Path bundle, Path file, Corruption kind, Random random, String form) throws IOException {
        byte[] original = Files.readAllBytes(file);
        byte[] broken = kind.of(original, random);
        while (Arrays.equals(broken, original)) {
            broken = kind.of(original, random);
        }
        replace(file, original, broken);
        read(bundle, form + ", " + kind);
        replace(file, broken, original);
    }

    private void lose(Path directory, List<Path> files, Loss loss, Random random) throws IOException {
        Path file = files.get(random.nextInt(files.size()));
        Path aside = directory.resolveSibling("aside");
        switch (loss) {
            case FILE_LOST -> {
                Files.move(file, aside);
                read(directory, "directory, " + loss);
                Files.move(aside, file);
            }
            case FILE_ADDED -> {
                Path added = file.resolveSibling("added" + random.nextInt(1000));
                Files.write(added, new byte[random.nextInt(100)]);
                read(directory, "directory, " + loss);
                Files.delete(added);
            }
            case FILES_SWAPPED -> {
                Path other = files.get((files.indexOf(file) + 1 + random.nextInt(files.size() - 1)) % files.size());
                swap(file, other, aside);
                read(directory, "directory, " + loss);
                swap(file, other, aside);
            }
            case LINK_INSTEAD -> {
                Files.move(file, aside);
                Files.createSymbolicLink(file, aside);
                read(directory, "directory, " + loss);
                Files.delete(file);
                Files.move(aside, file);
            }
        }
    }

    private static void swap(Path one, Path other, Path aside) throws IOException {
        Files.move(one, aside);
        Files.move(other, one);
        Files.move(aside, other);
    }

    private void read(Path bundle, String kind) {
        String outcome;
        try {
            outcome = "read: " + Bundle.read(bundle).hash();
            notRefused++;
        } catch (NarrowsException e) {
            outcome = e.getClass().getSimpleName();
            String text = String.valueOf(e.getMessage());
            withoutExpectation += text.contains("(expected: ") ? 0 : 1;
            examples.putIfAbsent(kind, text.replace(folder.toString(), "").replaceAll("\\s+", " "));
        } catch (RuntimeException e) {
            outcome = "other: " + e;
            notRefused++;
        }
        outcomes.merge(kind + ": " + outcome, 1, Integer::sum);
    }

    /** Writes only what differs where the length stays: ten thousand times the whole bundle would be tens of gigabytes. */
    private static void replace(Path file, byte[] from, byte[] to) throws IOException {
        int start = Math.max(0, Arrays.mismatch(from, to));
        int end = to.length;
        while (from.length == to.length && end > start && from[end - 1] == to[end - 1]) {
            end--;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(to.length);
            ByteBuffer rest = ByteBuffer.wrap(to, start, end - start);
            for (long at = start; rest.hasRemaining(); ) {
                at += channel.write(rest, at);
            }
        }
    }

    private static Path unpack(Path zip, Path directory) throws IOException {
        try (ZipFile file = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : file.stream().toList()) {
                Path target = directory.resolve(entry.getName());
                Files.createDirectories(target.getParent());
                try (InputStream content = file.getInputStream(entry)) {
                    Files.copy(content, target);
                }
            }
        }
        return directory;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void requireRead(Path bundle, String hash) {
        String actual = Bundle.read(bundle).hash();
        if (!actual.equals(hash)) {
            throw new IllegalStateException("hash: " + actual + " (expected: " + hash + "), " + bundle);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("temporary folder " + folder, e);
        }
    }
}
