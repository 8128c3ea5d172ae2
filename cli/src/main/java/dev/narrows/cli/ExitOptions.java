package dev.narrows.cli;

import dev.narrows.errors.NarrowsException;
import dev.narrows.graph.OnnxReader;
import dev.narrows.plan.Packer;
import dev.narrows.wire.bundle.Gate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The exits of a bundle that is to be packed. */
final class ExitOptions {

    private static final String FORM = "CUT=FILE,gate=KIND:THRESHOLD[,temperature=T]";

    @Option(
            names = "--exit",
            paramLabel = FORM,
            description = {
                "An exit: at this cut (its tensor, or input) this ONNX file makes logits of the cut's tensors, and answers if "
                        + "its gate is content. Gates: max:P (largest probability at least P), margin:P (first less "
                        + "second), entropy:NATS (at most), learned:W1:W2:W3:BIAS:P. Logits are divided by T first "
                        + "(default: 1). Repeat it for more exits."
            })
    private List<String> exits = new ArrayList<>();

    /** Reads the exits' files. */
    List<Packer.Exit> read() {
        return exits.stream().map(ExitOptions::parse).toList();
    }

    private static Packer.Exit parse(String text) {
        String rest = text;
        Optional<Gate> gate = Optional.empty();
        Optional<Double> temperature = Optional.empty();
        while (true) { // from the end, for a cut's or a file's name may hold commas and equals signs
            int comma = rest.lastIndexOf(',');
            String field = rest.substring(comma + 1);
            if (comma > 0 && field.startsWith("gate=") && gate.isEmpty()) {
                gate = Optional.of(gate(field.substring("gate=".length()), text));
            } else if (comma > 0 && field.startsWith("temperature=") && temperature.isEmpty()) {
                temperature = Optional.of(temperature(field.substring("temperature=".length()), text));
            } else {
                break;
            }
            rest = rest.substring(0, comma);
        }
        int equals = rest.indexOf('=');
        if (equals < 1 || equals == rest.length() - 1 || gate.isEmpty()) {
            throw wrong(text, FORM);
        }
        Path file = Path.of(rest.substring(equals + 1));
        if (!Files.isRegularFile(file)) {
            throw wrong(text, FORM + "; no such file: \"" + file + "\"");
        }
        return new Packer.Exit(
                rest.substring(0, equals),
                OnnxReader.read(file),
                temperature.orElse(1.0),
                gate.get(),
                Optional.empty());
    }

    private static Gate gate(String gate, String text) {
        try {
            return Gate.parse(gate);
        } catch (NarrowsException e) {
            throw wrong(text, FORM + "; " + e.getMessage());
        }
    }

    private static double temperature(String number, String text) {
        try {
            double temperature = Double.parseDouble(number);
            if (temperature > 0 && Double.isFinite(temperature)) {
                return temperature;
            }
        } catch (NumberFormatException e) {
            throw wrong(text, "a number behind temperature=: " + e.getMessage());
        }
        throw wrong(text, "a temperature of more than 0");
    }

    private static WrongUseException wrong(String text, String expected) {
        return new WrongUseException("--exit \"" + text + "\" (expected: " + expected + ")");
    }
}
