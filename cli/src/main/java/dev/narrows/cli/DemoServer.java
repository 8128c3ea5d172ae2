package dev.narrows.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.errors.UnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code narrows serve} in a process of its own, on a port of its own choice. */
final class DemoServer implements AutoCloseable {

    private static final long STOP_SECONDS = 10;

    private final Process process;
    private final int port;

    private DemoServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts a server for the models in a directory and waits until it says that it is ready. */
    static DemoServer start(Path models, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-XX:+IgnoreUnrecognizedVMOptions");
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow"); // protobuf still uses it
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.narrows.cli.Main"));
        command.addAll(List.of("serve", models.toString(), "--host", "127.0.0.1", "--port", "0", "--json"));
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(log.toFile()).start();
            // The demo may be ended from outside: its server must not outlive it.
            Thread hook = new Thread(process::destroy, "end-server");
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                return new DemoServer(process, awaitPort(process, log));
            } catch (IOException | RuntimeException e) {
                process.destroy();
                throw e;
            }
        } catch (IOException e) {
            throw new UnavailableException("server process: " + e.getMessage(), e);
        }
    }

    private static int awaitPort(Process process, Path log) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(' ').append(line.strip());
            if (line.startsWith("{")) {
                JsonObject event = JsonParser.parseString(line).getAsJsonObject();
                if (event.has("port")) {
                    return event.get("port").getAsInt();
                }
            }
        }
        throw new UnavailableException(
                "server process: ended before it was ready (expected: a port), it said:" + said + ", see " + log);
    }

    int port() {
        return port;
    }

    /** Asks the server to drain and waits for it. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
