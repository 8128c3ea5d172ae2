package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.data.Dataset;
import dev.narrows.data.Datasets;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.ValueInfo;
import dev.narrows.graph.Widening;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.plan.RandomItems;
import dev.narrows.shrink.Comparison;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.Limits;
import dev.narrows.shrink.PairedLatency;
import dev.narrows.shrink.Reference;
import dev.narrows.train.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that shrink have in common: a network in, a network out, evidence, limits. */
final class ShrinkRun {

    /** The mean error of outputs that counts as a point of accuracy, where nothing has labels. */
    static final double ERROR_OF_A_POINT = 0.02;

    private static final int RANDOM_ITEMS = 32;
    private static final double WOBBLE = 1.1; // of a latency that is measured again

    @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path model;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The ONNX file to write.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Option(
            names = "--against",
            paramLabel = "FILE",
            description =
                    "The network that MODEL was made of by steps before this one: what comes out is compared with it, "
                            + "and held to its speed and accuracy (default: MODEL).")
    private @Nullable Path original;

    @Option(
            names = "--max-slowdown",
            paramLabel = "TIMES",
            description = "The most that the latency may be of the old one's (default: 1.05; of static INT8 1).")
    private @Nullable Double slowdown;

    @Option(
            names = "--max-drop",
            paramLabel = "POINTS",
            description = "The most accuracy that may be lost, with labels (default: 0.5).")
    private double drop = 100 * Limits.DEFAULT.drop();

    @Option(
            names = "--max-disagreement",
            paramLabel = "PERCENT",
            description = "The most items that may be answered otherwise, without labels (default: 2).")
    private double disagreement = 100 * Limits.DEFAULT.disagreement();

    @Option(names = "--force", description = "Write it even if it breaks a limit.")
    private boolean force;

    @Option(
            names = "--items",
            paramLabel = "N",
            description = "Items to compare answers and times on (default: " + Evidence.ITEMS + ").")
    private int items = Evidence.ITEMS;

    @Option(
            names = "--test-per-class",
            paramLabel = "N",
            description = "Take no more than N test items of each class (default: all).")
    private int testPerClass;

    @Option(
            names = "--measure-seconds",
            paramLabel = "S",
            description = "How long latencies are measured (default: 4).")
    private double seconds = 4;

    @Option(names = "--seed", paramLabel = "N", description = "Of all chance (default: 0).")
    private long seed;

    @Option(
            names = "--float32",
            description = "Take a float16 network in float32, inputs and outputs too, as the runtime computes it.")
    private boolean float32;

    @Mixin
    private final NetworkOptions networkOptions = new NetworkOptions();

    @Mixin
    private final TrainData data = new TrainData();

    @Mixin
    private final TrainInputs inputs = new TrainInputs();

    private final List<String> notes = new ArrayList<>();
    private double defaultSlowdown = Limits.DEFAULT.slowdown();
    private double wantedRatio = Double.POSITIVE_INFINITY;
    private @Nullable Network network;
    private @Nullable Shapes shapes;
    private @Nullable Network against;
    private TrainData.@Nullable Parts parts;

    /** Reads the network and the data, to write a file. */
    void open() throws IOException {
        if (!Files.isDirectory(model)) {
            new OutputFile(output).check(model, force);
        }
        if (original != null) {
            new OutputFile(output).check(original, force);
        }
        openForDirectory();
    }

    /** Reads the network and the data, to write a directory. */
    void openForDirectory() throws IOException {
        check("--max-slowdown", slowdown(), 0, 1000);
        check("--max-drop", drop, -100, 100);
        check("--max-disagreement", disagreement, 0, 100);
        check("--items", items, 1, 1_000_000);
        check("--measure-seconds", seconds, 0, 3600);
        boolean directory = Files.isDirectory(model);
        if (directory || ModelFiles.isBundle(model)) {
            throw new InvalidException("model: \"" + model + "\" is a " + (directory ? "directory" : "bundle")
                    + " (expected: an ONNX file)");
        }
        Network read = taken(networkOptions.prepared(OnnxReader.read(model)));
        network = read;
        against = original == null ? read : source(original, read);
        shapes = NetworkShapes.infer(read, networkOptions.of(read));
        parts = data.isGiven() ? data.open(seed) : null;
    }

    /** What a network was made of. */
    private Network source(Path file, Network made) {
        Network read = taken(networkOptions.prepared(OnnxReader.read(file)));
        List<String> in = values(read.inputs());
        List<String> out = values(read.outputs());
        if (!in.equals(values(made.inputs())) || !out.equals(values(made.outputs()))) {
            throw new IncompatibleException("--against: " + in + " in, " + out + " out (expected: as MODEL's, "
                    + values(made.inputs()) + " and " + values(made.outputs()) + "), \"" + file + "\"");
        }
        return read;
    }

    /** Names and types; lengths may differ, as of the axis that counts items. */
    private static List<String> values(List<ValueInfo> infos) {
        return infos.stream()
                .map(info -> info.name()
                        + info.type().map(type -> " " + type.element()).orElse(""))
                .toList();
    }

    private Network taken(Network read) {
        if (!float32 || !Widening.isHalf(read)) {
            return read;
        }
        note("a float16 network, taken in float32; it is that which the new one is compared with");
        return Widening.toFloat32(read);
    }

    /** Refuses weights in float16, which only some of the commands take. */
    void requireFloat32() {
        for (ConstantTensor tensor : network().constants().values()) {
            if (tensor.type() == ElementType.FLOAT16 && tensor.dims().size() > 1) {
                throw new UnsupportedException(
                        "weights: FLOAT16 (expected: FLOAT, which --float32 makes of them), tensor \"" + tensor.name()
                                + "\"");
            }
        }
    }

    static void check(String option, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            String given = value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
            throw new WrongUseException(option + ": " + given + " (expected: " + Quantity.plain(least) + " to "
                    + Quantity.plain(most) + ")");
        }
    }

    Network network() {
        return opened(network);
    }

    Shapes shapes() {
        return opened(shapes);
    }

    /** Whether what comes out is compared with another network than what goes in. */
    boolean isAgainstAnother() {
        return original != null;
    }

    long seed() {
        return seed;
    }

    private double slowdown() {
        return slowdown == null ? defaultSlowdown : slowdown;
    }

    /** Lets nothing be written, if nothing else is said, that is slower: what has no other merit than to be fast. */
    void wantFaster() {
        defaultSlowdown = 1;
    }

    /** Lets nothing be written whose latency is clearly more than this share of the old one's. */
    void wantRatio(double ratio) {
        wantedRatio = ratio;
    }

    /** Whether a network is slower than the limit allows, and nothing may be written then. */
    boolean wouldBeRefusedAsSlower(Terminal terminal, Network changed, Evidence evidence) {
        return !force
                && terminal.waiting(
                        "measuring",
                        () -> limits().isSlower(PairedLatency.of(opened(against), changed, evidence.items(), seconds)));
    }

    private Limits limits() {
        return new Limits(slowdown(), drop / 100, disagreement / 100);
    }

    double measureSeconds() {
        return seconds;
    }

    Path model() {
        return model;
    }

    int items() {
        return items;
    }

    Path output() {
        return output;
    }

    /** The most accuracy that may be lost, 0 to 1. */
    double maxDrop() {
        return drop / 100;
    }

    /** What there is to learn from, if data was given. */
    Optional<TrainData.Parts> parts() {
        return Optional.ofNullable(parts);
    }

    /** How items become the network's inputs. */
    Inputs inputs(Dataset of) {
        return inputs.of(network(), of);
    }

    /** Something to be said at the end. */
    void note(String text) {
        notes.add(text);
    }

    Shapes shapes(Network changed) {
        return NetworkShapes.infer(changed, networkOptions.of(changed));
    }

    /**
     * What was named by --data.
     *
     * @param option that cannot do without
     */
    TrainData.Parts data(String option) {
        if (parts == null) {
            throw new WrongUseException(option + ": no --data (expected: items to learn from)");
        }
        return parts;
    }

    private static <T> T opened(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not opened yet");
        }
        return value;
    }

    /** Test items if there is data, else made-up ones. */
    Evidence evidence() {
        if (parts == null) {
            return Evidence.random(network(), shapes(), seed);
        }
        Dataset test = testPerClass > 0 ? Datasets.limited(parts.test(), testPerClass, seed) : parts.test();
        return Evidence.of(test, inputs.of(network(), test), items);
    }

    /** Held-out items if there is data, else made-up ones: to choose by, so that the test items stay unseen. */
    Evidence heldOut() {
        return parts == null ? evidence() : Evidence.of(parts.held(), inputs(parts.held()), items);
    }

    /** All nodes but those whose name has the pattern in it. */
    static Predicate<Node> unless(@Nullable String pattern) {
        if (pattern == null) {
            return node -> true;
        }
        try {
            Pattern kept = Pattern.compile(pattern);
            return node -> !kept.matcher(node.label()).find();
        } catch (PatternSyntaxException e) {
            throw new WrongUseException(
                    "--keep: " + e.getDescription() + " in \"" + pattern + "\" (expected: a regular expression)");
        }
    }

    /** Training items if there is data, else made-up ones. */
    List<Map<String, Tensor>> trainingItems(int count) {
        return parts == null
                ? RandomItems.of(network(), shapes(), Math.min(count, RANDOM_ITEMS), seed + 1)
                : inputs.of(network(), parts.train()).items(parts.train(), count);
    }

    /** Whether there are real items. */
    boolean hasData() {
        return parts != null;
    }

    /** Whether the held-out items have labels. */
    boolean hasLabels() {
        return parts != null && !parts.held().labels().isEmpty();
    }

    /** Whether a network loses no more than {@code drop} of its accuracy on the held-out items, which have labels. */
    Predicate<Network> noWorseThan(double drop) {
        Dataset held = opened(parts).held();
        Inputs scaled = inputs.of(network(), held);
        double before = Comparison.accuracy(network(), scaled, held);
        return changed -> before - Comparison.accuracy(changed, scaled, held) <= drop;
    }

    /** The same; without labels, whether its mean error on the reference's items is within that of so many points. */
    Predicate<Network> noWorseThan(double drop, Reference reference) {
        return hasLabels()
                ? noWorseThan(drop)
                : changed -> reference.difference(changed).mean() <= 100 * drop * ERROR_OF_A_POINT;
    }

    /** Measures the changed network, shows it, and writes it if it keeps the limits. */
    int finish(Terminal terminal, boolean json, Network changed, Evidence evidence, JsonObject details)
            throws IOException {
        return finish(terminal, json, changed, evidence, details, output);
    }

    /** The same, to be written to another file. */
    int finish(Terminal terminal, boolean json, Network changed, Evidence evidence, JsonObject details, Path file)
            throws IOException {
        Network old = opened(against);
        Comparison comparison = terminal.waiting(
                "measuring", () -> Comparison.of(old, shapes(old), changed, shapes(changed), evidence, seconds));
        List<String> broken = new ArrayList<>(limits().broken(comparison));
        double ratio = comparison.latency().ratio();
        if (ratio > WOBBLE * wantedRatio) {
            broken.add(String.format(
                    Locale.ROOT,
                    "slower than asked for: %.2f of the old latency (expected: at most %s)",
                    ratio,
                    Quantity.plain(wantedRatio)));
        }
        boolean written = broken.isEmpty() || force;
        if (written) {
            new OutputFile(file).write(changed);
        }
        if (ratio > wantedRatio && ratio <= WOBBLE * wantedRatio) {
            notes.add(String.format(
                    Locale.ROOT,
                    "measured again, the latency is %.2f of the old one's (%s was asked for): the clock wobbles",
                    ratio,
                    Quantity.plain(wantedRatio)));
        }
        if (evidence.random()) {
            notes.add("made-up items say nothing of accuracy: give --data");
        }
        if (json) {
            JsonObject report = ComparisonText.json(comparison);
            details.entrySet().forEach(entry -> report.add(entry.getKey(), entry.getValue()));
            report.add("broken_limits", JsonOutput.strings(broken));
            report.add("notes", JsonOutput.strings(notes));
            report.addProperty("written", written);
            report.addProperty("output", file.toString());
            terminal.out().println(JsonOutput.document(report));
        } else {
            ComparisonText.print(terminal.out(), comparison);
            notes.forEach(note -> terminal.out().println("note: " + note));
            broken.forEach(limit -> terminal.out().println((force ? "forced, though " : "refused: ") + limit));
            terminal.out()
                    .println(written ? "written: " + file : "nothing was written (--force writes it all the same)");
        }
        return written ? 0 : 1;
    }
}
