package dev.narrows.cli;

import com.google.gson.JsonParser;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.shrink.TierProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows shrink profile}. */
@Command(
        name = "profile",
        description = {
            "Measure on this machine how long a network takes, in floats and in bytes (INT8).",
            "",
            "Run it on the tier that a smaller network is for, and give the file to `narrows shrink auto` where you search: "
                    + "latencies measured there are scaled to this tier by it."
        },
        footer = {
            "  narrows shrink profile model.onnx -o gateway.json           on the gateway",
            "  narrows shrink auto model.onnx --tier gateway.json … -o search    elsewhere"
        })
final class ShrinkProfileCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The profile to write (JSON).")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Option(names = "--name", paramLabel = "TEXT", description = "What to call this machine (default: what it is).")
    private String name = machine();

    @Option(
            names = "--measure-seconds",
            paramLabel = "S",
            description = "How long latencies are measured (default: 4).")
    private double seconds = 4;

    @Mixin
    private final NetworkOptions networkOptions = new NetworkOptions();

    ShrinkProfileCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    static String machine() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " cores";
    }

    @Override
    public Integer call() throws IOException {
        ShrinkRun.check("--measure-seconds", seconds, 0, 3600);
        new OutputFile(output).check(model);
        Network network = networkOptions.prepared(OnnxReader.read(model));
        TierProfile profile = terminal.waiting(
                "measuring",
                () -> TierProfile.measured(
                        network, NetworkShapes.infer(network, networkOptions.of(network)), name, seconds, 0));
        new OutputFile(output).write(profile.json() + "\n");
        if (shrink.json()) {
            terminal.out().println(JsonOutput.document(JsonParser.parseString(profile.json())));
        } else {
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%s: %s ms an item in floats, %s, one thread",
                            name,
                            Quantity.millis(profile.floatMillis()),
                            profile.byteMillis().isPresent()
                                    ? Quantity.millis(profile.byteMillis().getAsDouble()) + " ms in bytes"
                                    : "no layer can be bytes"));
            terminal.out().println("written: " + output);
        }
        return 0;
    }
}
