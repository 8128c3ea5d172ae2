package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.UnavailableException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class FailuresTest {

    @Command(name = "fails")
    private static final class Fails implements Callable<Integer> {

        private final Throwable failure;

        Fails(Throwable failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() throws Exception {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        }
    }

    @Test
    void failed_messageOfSeveralLines_isToldInOne() {
        assertThat(told(new ExecutionException("run: failed\n  in node \"a\"\r\n"))
                        .lines())
                .containsExactly(
                        "narrows fails: run: failed in node \"a\"", "hint: the runtime failed; --verbose shows where");
    }

    @Test
    void failed_unavailable_hintsAtTheServer() {
        assertThat(told(new UnavailableException("server: gone"))).contains("hint: does the server run");
    }

    @Test
    void failed_inputOutput_namesTheFile() {
        assertThat(told(new UncheckedIOException(new FileAlreadyExistsException("a.onnx"))))
                .startsWith("narrows fails: already there: \"a.onnx\"\n");
        assertThat(told(new IOException("No space left on device")))
                .startsWith("narrows fails: IOException: No space left on device\n");
    }

    @Test
    void failed_defect_asksForAReport() {
        assertThat(told(new NullPointerException()).lines())
                .containsExactly(
                        "narrows fails: NullPointerException",
                        "hint: this is a defect of narrows; --verbose shows where it happened, please report it");
    }

    @Test
    void failed_outOfMemory_hintsAtMore() {
        assertThat(told(new OutOfMemoryError("Java heap space")).lines())
                .containsExactly(
                        "narrows fails: OutOfMemoryError: Java heap space",
                        "hint: give Java more memory: NARROWS_JAVA_OPTS=-Xmx8g");
    }

    private static String told(Throwable failure) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = NarrowsCommand.commandLine(Cli.terminal(out, err));
        // Handlers belong to the commands that are there when they are set.
        CommandLine fails =
                new CommandLine(new Fails(failure)).setExecutionExceptionHandler(line.getExecutionExceptionHandler());
        line.addSubcommand("fails", fails);

        assertThat(line.execute("fails")).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        return err.toString().replace(System.lineSeparator(), "\n");
    }
}
