package dev.narrows.plan;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Dim;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.ValueInfo;
import dev.narrows.graph.Widening;
import dev.narrows.wire.bundle.BundleFiles;
import dev.narrows.wire.bundle.Gate;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Preprocessing;
import dev.narrows.wire.codec.CutCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Cuts a network into a chain, calibrates the codecs of its cuts on sample items, runs its exits, verifies the whole against
 * the uncut network, and writes the bundle. Nothing is written if the chain is not the network. A float16 network is packed as
 * the float32 network that the runtime makes of it ({@link Widening}).
 */
public final class Packer {

    /** A chain may differ from the whole network by this much, relative to the largest magnitude of an output. */
    public static final double CHAIN_TOLERANCE = 1e-5;

    /**
     * The answers of a float16 network and of its float32 chain may differ by this much, likewise: float16 rounds by up
     * to 2⁻¹¹ in every layer in which a runtime computes in it.
     */
    public static final double HALF_TOLERANCE = 0.02;

    /** Items made up when none are given to verify on. */
    private static final int RANDOM_ITEMS = 4;

    private static final String TOOL = "narrows 0.1";

    /**
     * What to pack.
     *
     * @param name the model's name on a server
     * @param cuts for each cut the names of tensors that it must hold, in order from the input
     * @param codecs the codecs to calibrate, of {@link dev.narrows.wire.codec.Codecs#CALIBRATED}; {@code bottleneck}
     *     is made at the cuts that hold whole numbers only, of which there must be one behind the inputs
     * @param preprocessing of the first input
     * @param labels the classes' names; empty if there are none
     * @param inputShapes lengths of inputs' free axes, by input; needed only where they cannot be known
     * @param sourceHash what the network was read from, for the record; may be empty
     * @param seed of the random items, where no others are given
     * @param exits at most one for each cut, in any order
     */
    public record Options(
            String name,
            List<List<String>> cuts,
            List<String> codecs,
            Preprocessing preprocessing,
            List<String> labels,
            Map<String, List<Long>> inputShapes,
            String sourceHash,
            long seed,
            List<Exit> exits) {

        public Options {
            if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
                throw new InvalidException("name: \"" + name + "\" (expected: letters, digits, '.', '_' and '-')");
            }
            cuts = cuts.stream().map(List::copyOf).toList();
            codecs = List.copyOf(codecs);
            labels = List.copyOf(labels);
            inputShapes = Map.copyOf(inputShapes);
            exits = List.copyOf(exits);
        }

        /** Without exits. */
        public Options(
                String name,
                List<List<String>> cuts,
                List<String> codecs,
                Preprocessing preprocessing,
                List<String> labels,
                Map<String, List<Long>> inputShapes,
                String sourceHash,
                long seed) {
            this(name, cuts, codecs, preprocessing, labels, inputShapes, sourceHash, seed, List.of());
        }

        /** The same with these exits. */
        public Options withExits(List<Exit> newExits) {
            return new Options(name, cuts, codecs, preprocessing, labels, inputShapes, sourceHash, seed, newExits);
        }
    }

    /**
     * An exit to pack.
     *
     * @param cut the name of one of the packed cuts, or of the only tensor there
     * @param network from the cut's tensors, by name, to logits (items, classes)
     * @param temperature that the logits are divided by, more than 0
     * @param gate decides whether the exit answers
     * @param heldOut what training measured; empty if that is not known
     */
    public record Exit(
            String cut, Network network, double temperature, Gate gate, Optional<Manifest.HeldOut> heldOut) {}

    private final Network given;
    private final Network network; // what is cut
    private final Options options;
    private final List<Map<String, Tensor>> calibration;
    private final List<Map<String, Tensor>> verification;

    /**
     * A packer.
     *
     * @param network if in float16, items are float32 nevertheless
     * @param calibration items, one each, that ranges and frequency tables are taken from; needed for codecs that are calibrated
     * @param verification items, one each, that chain and codecs are checked on; random ones are made if empty
     */
    public Packer(
            Network network,
            Options options,
            List<Map<String, Tensor>> calibration,
            List<Map<String, Tensor>> verification) {
        this.given = network;
        this.network = Widening.toFloat32IfHalf(network);
        this.options = options;
        this.calibration = List.copyOf(calibration);
        this.verification = List.copyOf(verification);
        if (!options.codecs().isEmpty() && calibration.isEmpty()) {
            throw new InvalidException("calibration items: 0 (expected: 1 or more, or no codecs that are calibrated)");
        }
    }

    /**
     * Packs.
     *
     * @throws InvalidException if the chain differs from the network (of a float16 one: from its float32 form) by more than
     *     {@link #CHAIN_TOLERANCE}, or from the float16 network by more than {@link #HALF_TOLERANCE}; or if codec {@code
     *     bottleneck} is asked for and no cut holds whole numbers only
     * @throws dev.narrows.errors.IncompatibleException if two cuts cross, an exit's cut is not among those packed, or an
     *     exit does not fit its cut or the network's classes
     */
    public PackReport pack(Path target) {
        Shapes shapes = NetworkShapes.infer(network, options.inputShapes());
        List<Cut> cuts = options.cuts().stream()
                .map(tensors -> Cuts.at(network, shapes, tensors))
                .toList();
        Segments.Chain split = Segments.split(network, shapes, cuts);
        SharedWeights shared = SharedWeights.of(split.shared());
        List<ByteBuffer> segments = split.segments().stream()
                .map(segment -> OnnxWriter.write(segment, shared.places(segment, Manifest.WEIGHTS_FILE)))
                .toList();
        List<Manifest.Cut> manifestCuts = manifestCuts(split, shapes);

        List<String> warnings = new ArrayList<>();
        List<Map<String, Tensor>> items = verificationItems(shapes, warnings);
        int heldOut = heldOutItems(warnings);
        ByteBuffer whole = OnnxWriter.write(network);
        ChainCheck.Result chainResult;
        List<CodecTrial.CutResult> trials;
        List<ExitTrial.Result> exits;
        try (Session reference = Session.open(options.name(), whole, Map.of(), SessionOptions.DEFAULT);
                Chain chain = open(segments, split, shared.tensors(split.shared()))) {
            chainResult = ChainCheck.compare(reference, chain, items);
            if (!(chainResult.maxRelativeDifference() <= CHAIN_TOLERANCE)) {
                throw new InvalidException("chain: differs from the whole network by "
                        + chainResult.maxRelativeDifference() + " of its largest output (expected: at most "
                        + CHAIN_TOLERANCE + ") at cuts " + options.cuts());
            }
            if (Widening.isWidened(given, network)) {
                warnings.add(widened(chain, items));
            } else if (Widening.isHalf(given)) {
                warnings.add(
                        "a float16 network, packed as it is: what is inside its subgraphs or local functions cannot be"
                                + " widened; the runtime rounds to float16 only where it is cut");
            }
            trials = new CodecTrial(reference, chain, manifestCuts, options).run(calibration, items);
            exits = new ExitTrial(reference, chain, manifestCuts, options).run(items, verification.size());
        }

        Map<String, List<CutCodec>> codecs = new LinkedHashMap<>();
        Map<String, List<Manifest.Codec>> known = new LinkedHashMap<>();
        List<PackReport.CutReport> reports = new ArrayList<>();
        for (CodecTrial.CutResult trial : trials) {
            codecs.put(trial.cut().name(), trial.codecs());
            known.put(
                    trial.cut().name(),
                    trial.measured().stream()
                            .map(report -> known(report, heldOut))
                            .toList());
            reports.add(new PackReport.CutReport(trial.cut().name(), trial.cut().widthBytes(), trial.measured()));
        }
        Manifest manifest = new Manifest(
                options.name(),
                manifestCuts,
                manifestSegments(split, shapes),
                shared.entries(),
                known,
                exits.stream().map(ExitTrial.Result::exit).toList(),
                options.preprocessing(),
                fixedBatch(network),
                record());
        List<ByteBuffer> exitFiles = exits.stream().map(ExitTrial.Result::file).toList();
        String hash =
                new BundleFiles(manifest, segments, shared.bytes(), codecs, exitFiles, options.labels()).write(target);
        return new PackReport(
                target,
                hash,
                sizeBytes(target),
                items.size(),
                verification.isEmpty(),
                heldOut,
                chainResult,
                reports,
                ExitTrial.reports(manifest),
                manifest.meanMacsShare(),
                warnings);
    }

    private List<Map<String, Tensor>> verificationItems(Shapes shapes, List<String> warnings) {
        if (!verification.isEmpty()) {
            return verification;
        }
        warnings.add("verified on " + RANDOM_ITEMS + " random items: agreement says little; give real ones");
        return RandomItems.of(network, shapes, RANDOM_ITEMS, options.seed());
    }

    private String widened(Chain chain, List<Map<String, Tensor>> items) {
        try (Session half = Session.open(options.name(), OnnxWriter.write(given), Map.of(), SessionOptions.DEFAULT)) {
            double difference = ChainCheck.compare(half, chain, items).maxRelativeDifference();
            if (!(difference <= HALF_TOLERANCE)) {
                throw new InvalidException("chain: in float32 differs from the float16 network by " + difference
                        + " of its largest output (expected: at most " + HALF_TOLERANCE + ")");
            }
            return "a float16 network, packed in float32 as the runtime computes it, inputs and outputs too: rounded to"
                    + " float16, the answers differ by " + (float) difference + " from the given network's";
        }
    }

    /** How many items say something of others: all given ones, or none if codecs were made from some of them. */
    private int heldOutItems(List<String> warnings) {
        if (options.codecs().isEmpty()) {
            return verification.size();
        }
        long seen = verification.stream().filter(this::calibratedOn).count();
        if (seen == 0) {
            return verification.size();
        }
        warnings.add(
                seen + " of the " + verification.size() + " verification items are among those that the codecs were"
                        + " calibrated on, which flatters them: agreement counts for nothing; give others");
        return 0;
    }

    private boolean calibratedOn(Map<String, Tensor> item) {
        return calibration.stream().anyMatch(other -> same(other, item));
    }

    private static boolean same(Map<String, Tensor> one, Map<String, Tensor> other) {
        for (Map.Entry<String, Tensor> entry : one.entrySet()) {
            Tensor value = other.get(entry.getKey());
            if (value == null || !value.sameBits(entry.getValue())) {
                return false;
            }
        }
        return one.size() == other.size();
    }

    private static Chain open(List<ByteBuffer> segments, Segments.Chain split, Map<String, Tensor> weights) {
        List<Session> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < segments.size(); i++) {
                sessions.add(
                        Session.open("segment " + i, segments.get(i).duplicate(), weights, SessionOptions.DEFAULT));
            }
            return Chain.of(sessions, split.cuts());
        } catch (RuntimeException e) {
            sessions.forEach(Session::close);
            throw e;
        }
    }

    private static Manifest.Codec known(PackReport.CodecReport report, int heldOut) {
        return new Manifest.Codec(report.codec(), report.meanBytes(), report.agreement(), heldOut, report.lossless());
    }

    private static List<Manifest.Cut> manifestCuts(Segments.Chain split, Shapes shapes) {
        List<Manifest.Cut> cuts = new ArrayList<>();
        int last = split.cuts().size() - 1;
        for (int i = 0; i <= last; i++) {
            List<String> tensors = split.cuts().get(i);
            String name = i == 0 ? Manifest.INPUT_CUT : i == last ? Manifest.OUTPUT_CUT : String.join("+", tensors);
            List<TensorSpec> specs = new ArrayList<>();
            long width = 0;
            for (String tensor : tensors) {
                specs.add(Elements.spec(tensor, shapes));
                width += shapes.of(tensor).map(Shapes.Shape::sizeBytes).orElse(0L);
            }
            cuts.add(new Manifest.Cut(name, specs, width));
        }
        return cuts;
    }

    private static List<Manifest.Segment> manifestSegments(Segments.Chain split, Shapes shapes) {
        List<Manifest.Segment> segments = new ArrayList<>();
        for (int i = 0; i < split.segments().size(); i++) {
            long macs = 0;
            long parameters = 0;
            for (Costs.NodeCost cost : Costs.of(split.segments().get(i), shapes)) {
                macs += cost.macs();
                parameters += cost.parameters();
            }
            segments.add(new Manifest.Segment("segments/" + i + ".onnx", parameters, macs));
        }
        return segments;
    }

    /** The batch size that the network's inputs fix, or 0 if axis 0 of the first input is free. */
    static int fixedBatch(Network network) {
        for (ValueInfo input : network.inputs()) {
            List<Dim> shape = input.type().flatMap(type -> type.shape()).orElse(List.of());
            if (!shape.isEmpty()) {
                return shape.get(0) instanceof Dim.Known known ? Math.toIntExact(known.length()) : 0;
            }
        }
        return 0;
    }

    private Map<String, String> record() {
        Map<String, String> record = new LinkedHashMap<>();
        record.put("tool", TOOL);
        record.put("source_sha256", options.sourceHash());
        record.put("cuts", String.valueOf(options.cuts()));
        record.put("codecs", String.join(",", options.codecs()));
        record.put("calibration_items", String.valueOf(calibration.size()));
        record.put("verification_items", String.valueOf(verification.size()));
        if (!options.exits().isEmpty()) {
            record.put("exits", options.exits().stream().map(Packer::shown).collect(Collectors.joining(", ")));
        }
        record.put("seed", String.valueOf(options.seed()));
        return record;
    }

    private static String shown(Exit exit) {
        return exit.cut() + " " + exit.gate() + " temperature:" + exit.temperature();
    }

    private static long sizeBytes(Path target) {
        try (Stream<Path> files = Files.walk(target)) {
            long size = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                size += Files.size(file);
            }
            return size;
        } catch (IOException e) {
            throw new UncheckedIOException("size of " + target, e);
        }
    }
}
