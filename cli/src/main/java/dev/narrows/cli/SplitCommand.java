package dev.narrows.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Widening;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.plan.RandomItems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows split}. */
@Command(
        name = "split",
        description = {
            "Cut a network into ONNX files that, run one after the other, are the network.",
            "",
            "Writes segment-0.onnx, segment-1.onnx …, weights that several of them use once in shared.weights, the "
                    + "SHA-256 of each beside it, and chain.json. Any ONNX runtime runs the segments."
        },
        footer = {
            "  narrows split examples/barista/barista.onnx --at bottleneck.code -o parts",
            "  narrows split model.onnx --at a --at b,c -o parts --verify 20      three segments",
            "  narrows split model.onnx --into 4 -o parts                         four, cut where it is narrow",
            "  narrows split model.onnx --at x -o parts --input photos/ --preprocess image --resize 256 --crop 224"
        })
final class SplitCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private NarrowsCommand narrows;

    @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Mixin
    private final CutOptions cutOptions = new CutOptions();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The directory to write to; new or empty.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Option(names = "--force", description = "Write into a directory that is not empty.")
    private boolean force;

    @Option(
            names = "--keep-float16",
            description =
                    "Cut a float16 network as it is. It is turned into float32 otherwise, as the runtime computes "
                            + "it anyway: then the chain is the network, at twice the size. Kept, each cut rounds to float16.")
    private boolean keepFloat16;

    @Option(
            names = "--verify",
            paramLabel = "N",
            defaultValue = "1",
            description = "Run N random items through chain and network and compare (default: ${DEFAULT-VALUE}).")
    private int verify;

    @Option(
            names = "--input",
            arity = "1..*",
            paramLabel = "FILES",
            description = "Verify on these files, directories or patterns instead.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "Of the random items (default: 0).")
    private long seed;

    @Mixin
    private final NetworkOptions networkOptions = new NetworkOptions();

    @Mixin
    private final ItemOptions itemOptions = new ItemOptions();

    SplitCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (cutOptions.isEmpty()) {
            throw new WrongUseException("--at: none (expected: a tensor; `narrows inspect " + model + "` shows them)");
        }
        cutOptions.check();
        if (verify < 0) {
            throw new WrongUseException("--verify: " + verify + " (expected: 0 or more)");
        }
        SplitFiles.check(output, force);
        Network given = networkOptions.prepared(OnnxReader.read(model));
        Network network = keepFloat16 ? given : Widening.toFloat32IfHalf(given);
        Shapes shapes = NetworkShapes.infer(network, networkOptions.of(network));
        List<Cut> cuts = cutOptions.cuts(network, shapes).stream()
                .map(tensors -> Cuts.at(network, shapes, tensors))
                .sorted(Comparator.comparingInt(cut -> cut.upstream().size()))
                .toList();
        Segments.Chain chain = Segments.split(network, shapes, cuts);
        List<Map<String, Tensor>> items = inputs.isEmpty()
                ? verify == 0 ? List.of() : RandomItems.of(network, shapes, verify, seed)
                : given(network, shapes);
        SplitFiles files =
                terminal.waiting("splitting " + model, () -> SplitFiles.write(output, model, network, shapes, chain));
        SplitVerification verification =
                SplitVerification.run(terminal, given, network, files, chain.cuts(), items, inputs.isEmpty());
        report(note(given, network, verification), cuts, verification);
        return verification.passed() ? 0 : 1;
    }

    private Optional<String> note(Network given, Network network, SplitVerification verification) {
        if (!Widening.isHalf(given)) {
            return Optional.empty();
        }
        return Optional.of(
                !Widening.isWidened(given, network)
                        ? "a float16 network; the runtime rounds it to float16 only where it is cut, so that the last "
                                + "bits differ"
                        : "a float16 network, cut in float32 as the runtime computes it, inputs and outputs too"
                                + (verification.items() == 0
                                        ? ""
                                        : ": rounded to float16, the answers differ by "
                                                + Quantity.difference(verification.fromHalf())));
    }

    private List<Map<String, Tensor>> given(Network network, Shapes shapes) {
        var input = GivenItems.input(network, shapes);
        return GivenItems.read(terminal, network, input, itemOptions.of(input), inputs);
    }

    private void report(Optional<String> floatNote, List<Cut> cuts, SplitVerification verification) throws IOException {
        Path chainFile = output.resolve(SplitFiles.CHAIN_FILE);
        JsonObject json = JsonParser.parseString(Files.readString(chainFile)).getAsJsonObject();
        if (narrows.json()) {
            json.addProperty("directory", output.toString());
            floatNote.ifPresent(note -> json.addProperty("note", note));
            json.add("verification", verification.json());
            terminal.out().println(JsonOutput.document(json));
            return;
        }
        Table table = new Table("file", ">size", ">nodes", ">parameters", ">MACs", "ends at", ">width");
        for (int i = 0; i < json.getAsJsonArray("segments").size(); i++) {
            JsonObject segment = json.getAsJsonArray("segments").get(i).getAsJsonObject();
            JsonObject cut = json.getAsJsonArray("cuts").get(i + 1).getAsJsonObject();
            table.row(
                    segment.get("file").getAsString(),
                    Quantity.bytes(segment.get("bytes").getAsLong()),
                    segment.get("nodes").getAsString(),
                    Quantity.count(segment.get("parameters").getAsLong()),
                    Quantity.count(segment.get("macs").getAsLong()),
                    cut.get("name").getAsString(),
                    Quantity.bytes(cut.get("width_bytes").getAsLong()));
        }
        table.print(terminal.out());
        if (json.has("shared_weights")) {
            JsonObject weights = json.getAsJsonObject("shared_weights");
            terminal.out()
                    .println(weights.get("file").getAsString() + ": "
                            + weights.getAsJsonArray("tensors").size() + " weights used by several segments, "
                            + Quantity.bytes(weights.get("bytes").getAsLong()));
        }
        for (Cut cut : cuts) {
            if (!cut.fusionBoundary()) {
                terminal.out()
                        .println(
                                "note: \"" + cut.name() + "\" lies inside a group of operators that the runtime"
                                        + " fuses; the last bits may differ, and the chain is slower than at a neighbouring cut");
            }
        }
        floatNote.ifPresent(note -> terminal.out().println("note: " + note));
        terminal.out().println(chainFile + " says how they belong together");
        terminal.out().println(verification.items() == 0 ? "not verified" : verification.text());
    }
}
