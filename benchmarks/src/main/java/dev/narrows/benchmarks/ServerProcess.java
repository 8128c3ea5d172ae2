package dev.narrows.benchmarks;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, so that a crash is an outcome and its memory can be read from outside. */
final class ServerProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;
    private final OutputStream in;
    private final int port;

    /** Starts {@code main} with the arguments {@code mode} and {@code models}; its first line is its port. */
    ServerProcess(Class<?> main, String mode, Path models) throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        mode,
                        models.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        in = process.getOutputStream();
        port = Integer.parseInt(line());
    }

    int port() {
        return port;
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Resident memory and heap in use after a collection, in MiB, after so many requests. */
    JsonObject memory(int requests) throws IOException {
        in.write('\n');
        in.flush();
        long heapBytes = Long.parseLong(line());
        JsonObject memory = new JsonObject();
        memory.addProperty("requests", requests);
        memory.addProperty("rss_mib", residentKibibytes() / 1024);
        memory.addProperty("heap_mib", Math.round(heapBytes / 104_857.6) / 10.0);
        return memory;
    }

    private long residentKibibytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no VmRSS of process " + process.pid());
    }

    private String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the server's process has ended");
        }
        return line;
    }

    /** Ends the server by ending its input, and checks that it stopped by itself and in order. */
    @Override
    public void close() throws IOException {
        in.close();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("the server's process did not end in order: " + process);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
