package dev.narrows.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A measurement's data as JSON under {@code docs/results}, with what it was measured on and the command that made it. */
final class ResultFile {

    private static final Gson JSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private ResultFile() {}

    /**
     * Writes {@code docs/results/NAME.json} below the project's root.
     *
     * @param command the command line that makes this file again
     * @param data the measurement
     */
    static Path write(String name, String command, JsonObject data) {
        JsonObject file = new JsonObject();
        file.addProperty("command", command);
        file.add("environment", environment());
        file.add("data", data);
        Path path = root().resolve("docs").resolve("results").resolve(name + ".json");
        try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, JSON.toJson(file) + "\n");
            return path;
        } catch (IOException e) {
            throw new UncheckedIOException("result file " + path, e);
        }
    }

    /** The project's root: the system property {@code narrows.root}, or the working directory. */
    static Path root() {
        return Path.of(System.getProperty("narrows.root", "")).toAbsolutePath();
    }

    /** Where the larger models and data are: {@code NARROWS_SHARED}, a property or variable; default {@code ../shared}. */
    static Path shared() {
        String place = System.getProperty("NARROWS_SHARED", System.getenv("NARROWS_SHARED"));
        return place == null ? root().resolveSibling("shared") : Path.of(place);
    }

    private static JsonObject environment() {
        JsonObject environment = new JsonObject();
        environment.addProperty("processor", processor());
        environment.addProperty("cores", Runtime.getRuntime().availableProcessors());
        environment.addProperty(
                "jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        environment.addProperty("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        environment.addProperty("commit", commit());
        return environment;
    }

    private static String processor() {
        Path cpuinfo = Path.of("/proc/cpuinfo");
        if (Files.isReadable(cpuinfo)) {
            try {
                for (String line : Files.readAllLines(cpuinfo)) {
                    if (line.startsWith("model name")) {
                        return line.substring(line.indexOf(':') + 1).trim();
                    }
                }
            } catch (IOException e) {
                return "unknown (" + e.getMessage() + ")";
            }
        }
        return System.getProperty("os.arch");
    }

    private static String commit() {
        try {
            Process git = new ProcessBuilder(List.of("git", "-C", root().toString(), "rev-parse", "--short", "HEAD"))
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader output =
                    new BufferedReader(new InputStreamReader(git.getInputStream(), StandardCharsets.UTF_8))) {
                String line = output.readLine();
                return line == null ? "unknown" : line;
            }
        } catch (IOException e) {
            return "unknown (" + e.getMessage() + ")";
        }
    }
}
