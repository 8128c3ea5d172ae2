package dev.narrows.examples.orders;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * A data set on disk. It is made in {@code FOLDER.making} and renamed when it is whole: what has the name is complete,
 * and what a killed run leaves is made anew.
 */
final class OrderSet {

    static final String MADE = "made.json";

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final Path folder;
    private final JsonObject made;

    private OrderSet(Path folder, JsonObject made) {
        this.folder = folder;
        this.made = made;
    }

    Path folder() {
        return folder;
    }

    /** Over names and contents of all clips, in the manifest's order. */
    String sha256() {
        return made.get("sha256").getAsString();
    }

    /**
     * The data set that lies there.
     *
     * @return empty if there is none
     * @throws InvalidException if there is something else, or one of another recipe
     * @throws MalformedException if it has been damaged
     */
    static Optional<OrderSet> find(Path folder, Recipe recipe) {
        try {
            if (!Files.exists(folder) || isEmpty(folder)) {
                return Optional.empty();
            }
            if (!Files.isRegularFile(folder.resolve(MADE))) {
                throw new InvalidException(
                        "folder: holds no " + MADE + " (expected: a data set, or nothing), \"" + folder + "\"");
            }
            JsonObject made = JsonParser.parseString(Files.readString(folder.resolve(MADE)))
                    .getAsJsonObject();
            if (!recipe.toJson().equals(made.getAsJsonObject("recipe"))) {
                throw new InvalidException("folder: made by " + made.get("recipe") + " (expected: " + recipe.toJson()
                        + "; name another folder or remove it), \"" + folder + "\"");
            }
            check(folder, made);
            return Optional.of(new OrderSet(folder, made));
        } catch (JsonSyntaxException | IllegalStateException | NullPointerException e) {
            throw new MalformedException(
                    "made.json: not as written (expected: a recipe and hashes), \"" + folder + "\"", e);
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static void check(Path folder, JsonObject made) throws IOException {
        String manifest = Files.readString(folder.resolve(Manifest.FILE));
        if (!Sha256.hex(Sha256.of(manifest)).equals(made.get("manifest_sha256").getAsString())) {
            throw new MalformedException("manifest: changed since it was made (expected: SHA-256 "
                    + made.get("manifest_sha256").getAsString() + "), \"" + folder.resolve(Manifest.FILE) + "\"");
        }
        for (Manifest.Row row : Manifest.parse(manifest)) {
            Path file = folder.resolve(row.file());
            if (!Files.isRegularFile(file) || Files.size(file) != Pcm.CLIP_BYTES) {
                throw new MalformedException(
                        "clip: missing or not " + Pcm.CLIP_BYTES + " bytes long, \"" + file + "\"");
            }
        }
    }

    /**
     * Makes a data set where there is none.
     *
     * @param progress takes the number of files that are done, on one thread at a time
     */
    static OrderSet make(Path folder, Recipe recipe, int workers, IntConsumer progress) {
        Path making = folder.resolveSibling(folder.getFileName() + ".making");
        Path lock = folder.resolveSibling(folder.getFileName() + ".lock");
        Map<Engine, String> engines = engines(recipe);
        try {
            Files.createDirectories(folder.toAbsolutePath().getParent());
            // The lock's file stays until the name is taken: removing it earlier would let a third program in.
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                hold(channel, folder);
                remove(making);
                Files.createDirectories(making);
                JsonObject made = fill(making, recipe, engines, workers, progress);
                Files.writeString(making.resolve(MADE), GSON.toJson(made) + "\n");
                Files.deleteIfExists(folder); // an empty one
                Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
                Files.delete(lock);
                return new OrderSet(folder, made);
            }
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(folder, e);
        }
    }

    /** Until the channel is closed. */
    private static void hold(FileChannel channel, Path folder) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            throw new UnavailableException("folder: is being made elsewhere in this program, \"" + folder + "\"", e);
        }
        throw new UnavailableException("folder: is being made by another program, \"" + folder + "\"");
    }

    /** The versions of the engines that the recipe needs. */
    private static Map<Engine, String> engines(Recipe recipe) {
        Map<Engine, String> engines = new EnumMap<>(Engine.class);
        for (Split split : Split.values()) {
            if (recipe.clips(split) > 0) {
                engines.computeIfAbsent(split.engine(), Programs::version);
            }
        }
        return engines;
    }

    private static JsonObject fill(
            Path making, Recipe recipe, Map<Engine, String> engines, int workers, IntConsumer progress)
            throws IOException {
        JsonObject versions = new JsonObject();
        engines.forEach((engine, version) -> versions.addProperty(engine.program(), version));
        Voices voices = Voices.of(engines.keySet());
        Map<Split, ClipMaker> makers = new EnumMap<>(Split.class);
        Synthesizer synthesizer = new Synthesizer();
        for (Split split : Split.values()) {
            if (recipe.clips(split) > 0) {
                makers.put(split, ClipMaker.of(recipe, split, voices, synthesizer));
            }
        }
        JsonObject speakers = new JsonObject();
        makers.forEach((split, maker) -> speakers.addProperty(split.folder(), maker.speakers()));
        List<ClipWriter.Written> written = new ClipWriter(making, recipe, makers).write(workers, progress);
        List<Manifest.Row> rows = new ArrayList<>();
        MessageDigest digest = Sha256.digest();
        for (ClipWriter.Written clip : written) {
            rows.add(clip.row());
            digest.update(Sha256.of(clip.row().file() + " " + clip.sha256()));
        }
        String manifest = Manifest.write(rows);
        Files.writeString(making.resolve(Manifest.FILE), manifest);
        Files.write(making.resolve("labels.txt"), Phrases.LABELS);
        JsonObject made = new JsonObject();
        made.add("recipe", recipe.toJson());
        made.add("engines", versions);
        made.add("speakers", speakers);
        made.addProperty("files", rows.size());
        made.addProperty("manifest_sha256", Sha256.hex(Sha256.of(manifest)));
        made.addProperty("sha256", Sha256.hex(digest.digest()));
        return made;
    }

    private static boolean isEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }

    private static InvalidException unreadable(Path folder, Exception e) {
        return new InvalidException("folder: cannot be read or written: " + e + ", \"" + folder + "\"", e);
    }
}
