package dev.narrows.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.shrink.TierProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Supplier;

/** What a search keeps in its directory, so that one that was stopped goes on. */
final class SearchDirectory {

    private static final String STATE = "search.json";

    private final Path directory;

    private SearchDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * @throws InvalidException if it holds a search of something else
     * @param of fingerprint of what is searched: a network, data and options
     */
    static SearchDirectory open(Path directory, String of) throws IOException {
        Files.createDirectories(directory);
        SearchDirectory opened = new SearchDirectory(directory);
        Path state = directory.resolve(STATE);
        if (!Files.exists(state)) {
            JsonObject json = new JsonObject();
            json.addProperty("of", of);
            opened.write(json);
        } else if (!of.equals(text(opened.read(), "of"))) {
            throw new InvalidException("directory: \"" + directory
                    + "\" holds a search of another network, data or options (expected: the same, or a new directory)");
        }
        return opened;
    }

    /** What the network takes on this machine, as measured when the search began. */
    TierProfile here(Supplier<TierProfile> measure) throws IOException {
        JsonObject json = read();
        if (!json.has("here")) {
            json.add("here", JsonParser.parseString(measure.get().json()));
            write(json);
        }
        return TierProfile.parse(json.get("here").toString());
    }

    private JsonObject read() throws IOException {
        try {
            return JsonParser.parseString(Files.readString(directory.resolve(STATE)))
                    .getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new MalformedException(
                    "state: " + e.getMessage() + " (expected: JSON), \"" + directory.resolve(STATE) + "\"", e);
        }
    }

    private static String text(JsonObject json, String name) {
        return json.has(name) ? json.get(name).getAsString() : "";
    }

    private void write(JsonObject json) throws IOException {
        Path part = directory.resolve(STATE + ".part");
        Files.writeString(part, JsonOutput.document(json) + "\n");
        Files.move(part, directory.resolve(STATE), StandardCopyOption.REPLACE_EXISTING);
    }

    Path tried() {
        return directory.resolve("tried.csv");
    }

    Path taught() {
        return directory.resolve("taught");
    }

    Path best() {
        return directory.resolve("best.onnx");
    }

    Path report() {
        return directory.resolve("report.html");
    }

    /** Where a network of the frontier goes. */
    Path frontier(String id) {
        return directory.resolve("frontier").resolve(id + ".onnx");
    }

    /** Removes what an earlier run found to be the frontier and the best. */
    void forget() {
        try {
            Files.deleteIfExists(best());
            Files.deleteIfExists(OnnxFiles.sumFile(best()));
            Path frontier = directory.resolve("frontier");
            Files.createDirectories(frontier);
            try (DirectoryStream<Path> old = Files.newDirectoryStream(frontier, "*.onnx")) {
                for (Path file : old) {
                    Files.delete(file);
                    Files.deleteIfExists(OnnxFiles.sumFile(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
