package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.device.CodecTrust;
import dev.narrows.device.HybridModelBuilder;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Widening;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.plan.PackReport;
import dev.narrows.plan.Packer;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Preprocessing;
import dev.narrows.wire.codec.Codecs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows pack}. */
@Command(
        name = "pack",
        description = {
            "Make a bundle: what a device and a server need to run a network together.",
            "",
            "Cuts the network, calibrates codecs on sample items, checks the chain against the whole network, measures "
                    + "every codec, and writes one file (or a directory)."
        },
        footer = {
            "  narrows pack examples/barista/barista.onnx --at bottleneck.code --labels examples/barista/labels.txt \\",
            "      --preprocess audio --seconds 2 --calibrate 'examples/barista/clips/*_[01].wav' \\",
            "      --verify 'examples/barista/clips/*_[2-5].wav' --codecs bottleneck -o barista.narrows",
            "  narrows pack model.onnx --at x --preprocess image --resize 256 --crop 224 --mean 0.485,0.456,0.406 \\",
            "      --std 0.229,0.224,0.225 --calibrate 'photos/train/*.jpg' --verify 'photos/test/*.jpg' --codecs q8",
            "  narrows pack model.onnx --at x --exit x=exit.onnx,gate=max:0.9,temperature=1.3 --verify 'photos/test/*.jpg'",
            "  narrows pack parts -o model.narrows               the cuts of `narrows split … -o parts`; give its options too"
        })
final class PackCommand implements Callable<Integer> {

    /** With fewer items than this, none are kept back to verify on. */
    private static final int LEAST_TO_DIVIDE = 8;
    /** Each fourth item is kept back. */
    private static final int KEPT_BACK = 4;

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private NarrowsCommand narrows;

    @Parameters(paramLabel = "MODEL|DIR", description = "An ONNX file, or a directory that `narrows split` made.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Mixin
    private final CutOptions cutOptions = new CutOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The bundle: one file if it ends in .narrows or .zip, else a directory (default: the model's "
                    + "name.narrows here).")
    private @Nullable Path output;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The model's name on a server (default: the file's name).")
    private @Nullable String name;

    @Option(names = "--labels", paramLabel = "FILE", description = "The classes' names, a line each, in order.")
    private @Nullable Path labels;

    /** Made of calibration items if nothing is asked for: nearly lossless, and small. */
    private static final List<String> DEFAULT_CODECS = List.of("q8", "q4");

    @Option(
            names = "--codecs",
            split = ",",
            paramLabel = "CODEC",
            description =
                    "Codecs to calibrate: q8, q6, q4, q2, and bottleneck for cuts of whole numbers, such as a trained "
                            + "bottleneck's code (default: q8,q4 with --calibrate, else none; raw and fp16 need none).")
    private List<String> codecs = new ArrayList<>();

    @Option(
            names = "--calibrate",
            arity = "1..*",
            paramLabel = "FILES",
            description = "Sample items that codecs are made from: files, directories, patterns.")
    private List<String> calibrate = new ArrayList<>();

    @Option(
            names = "--verify",
            arity = "1..*",
            paramLabel = "FILES",
            description =
                    "Items that the bundle is checked and measured on (default: a quarter of those to calibrate).")
    private List<String> verify = new ArrayList<>();

    @Mixin
    private final ExitOptions exitOptions = new ExitOptions();

    @Option(names = "--seed", paramLabel = "N", description = "Of random items, where none are given (default: 0).")
    private long seed;

    @Mixin
    private final NetworkOptions networkOptions = new NetworkOptions();

    @Mixin
    private final ItemOptions itemOptions = new ItemOptions();

    PackCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        checkCodecs();
        cutOptions.check();
        PackSource source = PackSource.of(model, !cutOptions.isEmpty());
        Network network = networkOptions.prepared(OnnxReader.read(source.file()));
        Network cut = Widening.toFloat32IfHalf(network);
        Map<String, List<Long>> inputShapes = networkOptions.of(network);
        Shapes shapes = NetworkShapes.infer(cut, inputShapes);
        TensorSpec input = GivenItems.input(cut, shapes);
        Preprocessing preprocessing = itemOptions.of(input);
        List<Map<String, Tensor>> calibration = new ArrayList<>();
        List<Map<String, Tensor>> verification = new ArrayList<>();
        List<String> notes = items(cut, input, preprocessing, calibration, verification);
        List<Packer.Exit> exits = exitOptions.read();
        Packer.Options options = new Packer.Options(
                name == null ? ModelFiles.stem(source.file()) : name,
                cutOptions.isEmpty() ? source.cuts() : cutOptions.cuts(cut, shapes),
                codecs,
                preprocessing,
                readLabels(),
                inputShapes,
                ModelFiles.sha256(source.file()),
                seed,
                exits);
        Path target = output == null ? Path.of(ModelFiles.stem(source.file()) + ".narrows") : output;
        PackReport report = terminal.waiting(
                "packing " + source.file(), () -> new Packer(network, options, calibration, verification).pack(target));
        notes.addAll(report.warnings());
        if (!codecs.isEmpty() && !trusted(report)) {
            notes.add("automatic choice will use no codec but raw: it wants "
                    + Quantity.percent(HybridModelBuilder.DEFAULT_LEAST_AGREEMENT) + " of the same answers, on "
                    + CodecTrust.itemsNeeded(HybridModelBuilder.DEFAULT_LEAST_AGREEMENT)
                    + " held-out items or more (--verify FILES); there were " + report.heldOutItems());
        }
        if (narrows.json()) {
            terminal.out().println(JsonOutput.document(json(report, notes)));
        } else {
            print(report, notes);
        }
        return 0;
    }

    private static boolean trusted(PackReport report) {
        return report.cuts().stream()
                .flatMap(cut -> cut.codecs().stream())
                .filter(codec -> Codecs.CALIBRATED.contains(codec.codec()))
                .anyMatch(codec -> CodecTrust.trusts(new Manifest.Codec(
                        codec.codec(), codec.meanBytes(), codec.agreement(), report.heldOutItems(), codec.lossless())));
    }

    private void checkCodecs() {
        if (codecs.isEmpty() && !calibrate.isEmpty()) {
            codecs = DEFAULT_CODECS;
        }
        for (String codec : codecs) {
            if (!Codecs.CALIBRATED.contains(codec)) {
                throw new WrongUseException("codec: \"" + codec + "\" (expected: of "
                        + String.join(", ", Codecs.CALIBRATED) + "), --codecs");
            }
        }
        if (!codecs.isEmpty() && calibrate.isEmpty()) {
            throw new WrongUseException("--codecs " + String.join(",", codecs)
                    + ": nothing to calibrate them on (expected: --calibrate FILES)");
        }
    }

    /** Reads the items into both lists, and returns what the user should know of how they were divided. */
    private List<String> items(
            Network network,
            TensorSpec input,
            Preprocessing preprocessing,
            List<Map<String, Tensor>> calibration,
            List<Map<String, Tensor>> verification) {
        List<String> notes = new ArrayList<>();
        List<Map<String, Tensor>> samples =
                calibrate.isEmpty() ? List.of() : GivenItems.read(terminal, network, input, preprocessing, calibrate);
        if (!verify.isEmpty()) {
            calibration.addAll(samples);
            verification.addAll(GivenItems.read(terminal, network, input, preprocessing, verify));
        } else if (samples.size() < LEAST_TO_DIVIDE) {
            calibration.addAll(samples);
            verification.addAll(samples);
        } else {
            for (int i = 0; i < samples.size(); i++) {
                (i % KEPT_BACK == KEPT_BACK - 1 ? verification : calibration).add(samples.get(i));
            }
            notes.add("calibrated on " + calibration.size() + " items, measured on " + verification.size()
                    + " that were kept back");
        }
        return notes;
    }

    private List<String> readLabels() throws IOException {
        if (labels == null) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(Files.readAllLines(labels));
        while (!lines.isEmpty() && lines.get(lines.size() - 1).isBlank()) {
            lines.remove(lines.size() - 1);
        }
        if (lines.isEmpty()) {
            throw new InvalidException("labels: none (expected: one a line), file \"" + labels + "\"");
        }
        return lines.stream().map(String::strip).toList();
    }

    private void print(PackReport report, List<String> notes) {
        Table table = new Table("cut", ">width", "codec", ">bytes/item", ">same answer", ">difference", "lossless");
        for (PackReport.CutReport cut : report.cuts()) {
            for (PackReport.CodecReport codec : cut.codecs()) {
                table.row(
                        cut.cut(),
                        Quantity.bytes(cut.widthBytes()),
                        codec.codec(),
                        Quantity.bytes(codec.meanBytes()),
                        Quantity.percent(codec.agreement()),
                        String.format(java.util.Locale.ROOT, "%.2g", codec.maxDifference()),
                        codec.lossless() ? "yes" : "no");
            }
        }
        table.print(terminal.out());
        if (!report.exits().isEmpty()) {
            terminal.out().println();
            exits(report).print(terminal.out());
            terminal.out()
                    .println("mean compute with exits: " + Quantity.percent(report.meanMacsShare())
                            + " of the network's");
        }
        notes.forEach(note -> terminal.out().println("note: " + note));
        double difference = report.chain().maxRelativeDifference();
        terminal.out()
                .println("verified: the chain differs from the whole network by "
                        + Quantity.difference(difference) + " on "
                        + report.items() + (report.randomItems() ? " random" : "") + " items");
        terminal.out()
                .println("bundle: " + report.bundle() + ", " + Quantity.bytes(report.sizeBytes()) + ", hash "
                        + report.hash());
    }

    private static Table exits(PackReport report) {
        Table table = new Table("exit at", "gate", ">answers", ">same answer", ">MACs", ">compute if it answers");
        for (PackReport.ExitReport exit : report.exits()) {
            table.row(
                    exit.cut(),
                    exit.gate(),
                    Quantity.percent(exit.coverage()),
                    exit.coverage() == 0 ? "-" : Quantity.percent(exit.agreement()),
                    Quantity.count(exit.macs()),
                    Quantity.percent(exit.macsShare()));
        }
        return table;
    }

    private static JsonArray exitsJson(PackReport report) {
        JsonArray exits = new JsonArray();
        for (PackReport.ExitReport exit : report.exits()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("cut", exit.cut());
            entry.addProperty("gate", exit.gate());
            entry.add("coverage", JsonOutput.number(exit.coverage()));
            entry.add("agreement", JsonOutput.number(exit.agreement()));
            entry.addProperty("macs", exit.macs());
            entry.add("macs_share", JsonOutput.number(exit.macsShare()));
            exits.add(entry);
        }
        return exits;
    }

    private static JsonObject json(PackReport report, List<String> notes) {
        JsonObject json = new JsonObject();
        json.addProperty("bundle", report.bundle().toString());
        json.addProperty("hash", report.hash());
        json.addProperty("bytes", report.sizeBytes());
        JsonObject verification = new JsonObject();
        verification.addProperty("items", report.items());
        verification.addProperty("random", report.randomItems());
        verification.addProperty("held_out", report.heldOutItems());
        verification.add(
                "max_relative_difference", JsonOutput.number(report.chain().maxRelativeDifference()));
        json.add("verification", verification);
        JsonArray cuts = new JsonArray();
        for (PackReport.CutReport cut : report.cuts()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("cut", cut.cut());
            entry.addProperty("width_bytes", cut.widthBytes());
            JsonArray measured = new JsonArray();
            for (PackReport.CodecReport codec : cut.codecs()) {
                JsonObject one = new JsonObject();
                one.addProperty("codec", codec.codec());
                one.add("mean_bytes", JsonOutput.number(codec.meanBytes()));
                one.add("agreement", JsonOutput.number(codec.agreement()));
                one.add("max_relative_difference", JsonOutput.number(codec.maxDifference()));
                one.addProperty("lossless", codec.lossless());
                measured.add(one);
            }
            entry.add("codecs", measured);
            cuts.add(entry);
        }
        json.add("cuts", cuts);
        if (!report.exits().isEmpty()) {
            json.add("exits", exitsJson(report));
            json.add("mean_macs_share", JsonOutput.number(report.meanMacsShare()));
        }
        json.add("notes", JsonOutput.strings(notes));
        return json;
    }
}
