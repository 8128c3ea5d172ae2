package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.graph.Network;
import dev.narrows.shrink.BitAllocation;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.LayerWeight;
import dev.narrows.shrink.Reference;
import dev.narrows.shrink.WeightSharing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code narrows shrink share}. */
@Command(
        name = "share",
        description = {
            "Let the weights of a layer share a few values, for a small download (Deep Compression).",
            "",
            "Weights that are not 0 become the means of their clusters (k-means of each layer). The network stays one of "
                    + "float32 that runs anywhere, and no faster; `narrows shrink compress` makes the download of it. All of it:",
            "",
            "  narrows shrink prune model.onnx --ratio 10 --force -o pruned.onnx",
            "  narrows train distill model.onnx --student pruned.onnx --keep-zeros --fold --data photos/ -o taught",
            "  narrows shrink share taught/model.onnx --bits 5 --data photos/ --force -o shared.onnx",
            "  narrows train distill model.onnx --student shared.onnx --keep-shared --data photos/ -o small",
            "  narrows shrink compress small/model.onnx --against model.onnx -o model.nrz"
        },
        footer = {
            "  narrows shrink share model.onnx --bits 4 --layer-bits 'conv1|logits=8' -o shared.onnx",
            "  narrows shrink share model.onnx --target-drop 0.3 --data photos/ -o shared.onnx    bits by layer"
        })
final class ShrinkShareCommand implements Callable<Integer> {

    private static final int BITS = 5; // the paper's of dense layers; 8 of convolutions there, without loss
    private static final int SENSITIVITY_ITEMS = 20;

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    @Mixin
    private final ShrinkRun run = new ShrinkRun();

    @Option(
            names = "--bits",
            paramLabel = "N",
            description = "2^N - 1 values, and 0, in each layer: 1 to 8 (default: " + BITS + ").")
    private @Nullable Integer bits;

    @Option(
            names = "--layer-bits",
            paramLabel = "REGEX=N",
            description = "Other bits for layers whose name has this in it; 0 leaves them as they are. The first that "
                    + "fits counts.")
    private List<String> layerBits = new ArrayList<>();

    @Option(names = "--keep", paramLabel = "REGEX", description = "Leave layers whose name has this in it as they are.")
    private @Nullable String keep;

    @Option(
            names = "--target-drop",
            paramLabel = "POINTS",
            description =
                    "Find the fewest bits for each layer that lose no more accuracy than this on the held-out items; "
                            + "without labels, no more than 0.01 of relative error for each 0.5 points.")
    private @Nullable Double targetDrop;

    ShrinkShareCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A rule of --layer-bits. */
    private record Rule(Pattern name, int bits) {

        static Rule parse(String text) {
            int sign = text.lastIndexOf('=');
            try {
                int bits = sign > 0 ? Integer.parseInt(text.substring(sign + 1)) : -1;
                if (bits >= 0 && bits <= WeightSharing.MOST_BITS) {
                    return new Rule(Pattern.compile(text.substring(0, sign)), bits);
                }
            } catch (NumberFormatException | PatternSyntaxException e) {
                throw wrong(text);
            }
            throw wrong(text);
        }

        private static WrongUseException wrong(String text) {
            return new WrongUseException("--layer-bits: \"" + text + "\" (expected: a regular expression, = and 0 to "
                    + WeightSharing.MOST_BITS + ")");
        }
    }

    @Override
    public Integer call() throws IOException {
        List<Rule> rules = layerBits.stream().map(Rule::parse).toList();
        if (bits != null && (bits < 1 || bits > WeightSharing.MOST_BITS)) {
            throw new WrongUseException("--bits: " + bits + " (expected: 1 to " + WeightSharing.MOST_BITS + ")");
        }
        if (targetDrop != null && !(targetDrop >= 0 && targetDrop <= 100)) {
            throw new WrongUseException("--target-drop: " + targetDrop + " (expected: 0 to 100)");
        }
        if (targetDrop != null && (bits != null || !rules.isEmpty())) {
            throw new WrongUseException(
                    "--target-drop: with --bits or --layer-bits (expected: either, as it finds the bits)");
        }
        run.open();
        run.requireFloat32();
        Evidence evidence = run.evidence();
        WeightSharing sharing = WeightSharing.of(run.network(), run.shapes(), ShrinkRun.unless(keep));
        Map<String, Integer> chosen = targetDrop == null ? given(sharing, rules) : found(sharing, targetDrop / 100);
        Network shared = terminal.waiting(
                "clustering",
                () -> sharing.shared(layer -> chosen.getOrDefault(layer.weight().name(), 0)));
        JsonObject details = new JsonObject();
        details.add("layers", layers(sharing, chosen));
        return run.finish(terminal, shrink.json(), shared, evidence, details);
    }

    private Map<String, Integer> given(WeightSharing sharing, List<Rule> rules) {
        for (Rule rule : rules) {
            if (sharing.layers().stream()
                    .noneMatch(layer -> rule.name().matcher(layer.name()).find())) {
                throw new WrongUseException("--layer-bits: \"" + rule.name() + "\" is in no layer's name (expected: of "
                        + sharing.layers().stream().map(LayerWeight::name).toList() + ")");
            }
        }
        Map<String, Integer> given = new LinkedHashMap<>();
        for (LayerWeight layer : sharing.layers()) {
            given.put(
                    layer.weight().name(),
                    rules.stream()
                            .filter(rule -> rule.name().matcher(layer.name()).find())
                            .map(Rule::bits)
                            .findFirst()
                            .orElse(bits == null ? BITS : bits));
        }
        return given;
    }

    private Map<String, Integer> found(WeightSharing sharing, double drop) {
        Reference reference = Reference.of(run.network(), run.trainingItems(SENSITIVITY_ITEMS));
        BitAllocation allocation;
        try (Progress progress = terminal.progress("sensitivities", BitAllocation.runs(sharing))) {
            allocation = BitAllocation.of(sharing, reference, progress::step);
        }
        return terminal.waiting(
                "choosing bits",
                () -> allocation.least(run.noWorseThan(drop, reference)).orElseGet(() -> {
                    run.note("not even " + WeightSharing.MOST_BITS
                            + " bits for each layer are within --target-drop: all stay as they are");
                    return Map.of();
                }));
    }

    private JsonArray layers(WeightSharing sharing, Map<String, Integer> chosen) {
        JsonArray array = new JsonArray();
        Table table = new Table("layer", ">weights", ">bits");
        for (LayerWeight layer : sharing.layers()) {
            int own = chosen.getOrDefault(layer.weight().name(), 0);
            JsonObject entry = new JsonObject();
            entry.addProperty("layer", layer.name());
            entry.addProperty("weights", layer.weight().elements());
            entry.addProperty("bits", own);
            array.add(entry);
            table.row(
                    layer.name(),
                    Quantity.count(layer.weight().elements()),
                    own == 0 ? "as it is" : String.valueOf(own));
        }
        if (!shrink.json()) {
            table.print(terminal.out());
            terminal.out().println();
        }
        return array;
    }
}
