package dev.narrows.examples.orders;

import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the engines' commands. */
final class Programs {

    private static final Pattern VERSION = Pattern.compile("(?:text-to-speech: |version: flite-)(\\S+)");

    private Programs() {}

    /**
     * What a command writes.
     *
     * @throws UnavailableException if there is no such program
     * @throws ExecutionException if it fails
     */
    static byte[] output(List<String> command) {
        Result result = run(command);
        if (result.status != 0) {
            throw new ExecutionException(
                    "program: status " + result.status + " (expected: 0), command " + String.join(" ", command));
        }
        return result.output;
    }

    private static final class Result {

        private final int status;
        private final byte[] output;

        private Result(int status, byte[] output) {
            this.status = status;
            this.output = output;
        }
    }

    private static Result run(List<String> command) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UnavailableException(
                    "program: " + command.get(0)
                            + " does not start (expected: on PATH; Debian and Ubuntu: apt-get install espeak-ng flite)",
                    e);
        }
        try (InputStream stream = process.getInputStream()) {
            process.getOutputStream().close();
            byte[] output = stream.readAllBytes();
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new ExecutionException("program: " + e.getMessage() + ", command " + String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutionException("program: interrupted, command " + String.join(" ", command), e);
        } finally {
            process.destroy();
        }
    }

    /** Such as {@code 1.51}. */
    static String version(Engine engine) {
        // The status says nothing: flite tells its version and fails.
        String text = new String(run(List.of(engine.program(), "--version")).output, StandardCharsets.UTF_8);
        Matcher version = VERSION.matcher(text);
        return version.find() ? version.group(1) : "unknown";
    }
}
