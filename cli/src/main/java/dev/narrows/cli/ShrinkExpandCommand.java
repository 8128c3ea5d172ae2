package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.shrink.NetworkExpansion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows shrink expand}. */
@Command(
        name = "expand",
        description = "Make the ONNX file again of what `narrows shrink compress` wrote, and check its SHA-256.",
        footer = "  narrows shrink expand model.nrz -o model.onnx")
final class ShrinkExpandCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    @Parameters(paramLabel = "FILE", description = "A compressed network (.nrz).")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The ONNX file to write.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    ShrinkExpandCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new InvalidException(
                    "file: missing or no file (expected: a compressed network), file \"" + file + "\"");
        }
        new OutputFile(output).check(file);
        byte[] bytes = Files.readAllBytes(file);
        Network network = terminal.waiting("expanding", () -> NetworkExpansion.read(bytes));
        new OutputFile(output).write(network);
        long written = Files.size(output);
        if (shrink.json()) {
            JsonObject report = new JsonObject();
            report.addProperty("nrz_bytes", bytes.length);
            report.addProperty("onnx_bytes", written);
            report.addProperty("output", output.toString());
            terminal.out().println(JsonOutput.document(report));
        } else {
            terminal.out()
                    .println("written: " + output + ", " + Quantity.bytes(written) + " of "
                            + Quantity.bytes(bytes.length));
        }
        return 0;
    }
}
