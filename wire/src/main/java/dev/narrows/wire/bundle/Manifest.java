package dev.narrows.wire.bundle;

import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a bundle holds.
 *
 * @param name the model's name on a server: letters, digits, {@code . _ -}, at most 128
 * @param cuts the n + 1 cuts of n segments: the first is the network's inputs, the last its outputs
 * @param segments the n segments, in order
 * @param sharedWeights weights that more than one segment uses, in {@link #WEIGHTS_FILE}
 * @param codecs for each cut but the last what is known of its codecs, in the order they were made
 * @param exits in the order of their cuts, at most one a cut and none at the last
 * @param preprocessing of the first input
 * @param fixedBatch the only batch size that the network takes, or 0 if it takes any
 * @param record how this bundle was made: tool, version, source file's hash, options, seed
 */
public record Manifest(
        String name,
        List<Cut> cuts,
        List<Segment> segments,
        List<SharedWeight> sharedWeights,
        Map<String, List<Codec>> codecs,
        List<Exit> exits,
        Preprocessing preprocessing,
        int fixedBatch,
        Map<String, String> record) {

    /** The format's version of a bundle without exits. */
    public static final int FORMAT = 1;
    /** The format's version of a bundle with exits. A reader refuses any other than these two. */
    public static final int FORMAT_WITH_EXITS = 2;

    public static final String MANIFEST_FILE = "manifest.json";
    /** The manifest's SHA-256 as {@code sha256sum -c} reads it, so that damage to the manifest itself shows. */
    public static final String HASH_FILE = "manifest.sha256";

    public static final String WEIGHTS_FILE = "weights.bin";
    public static final String CODECS_FILE = "codecs.json";
    public static final String LABELS_FILE = "labels.txt";

    /** The name of cut 0, the network's inputs. */
    public static final String INPUT_CUT = "input";
    /** The name of the last cut, the network's outputs. */
    public static final String OUTPUT_CUT = "output";

    public Manifest {
        cuts = List.copyOf(cuts);
        segments = List.copyOf(segments);
        sharedWeights = List.copyOf(sharedWeights);
        TreeMap<String, List<Codec>> codecsByCut = new TreeMap<>();
        codecs.forEach((cut, list) -> codecsByCut.put(cut, List.copyOf(list)));
        codecs = Collections.unmodifiableMap(codecsByCut);
        exits = List.copyOf(exits);
        record = Collections.unmodifiableMap(new TreeMap<>(record));
        ManifestRules.check(name, cuts, segments, sharedWeights, codecs, fixedBatch);
        ExitRules.check(cuts, segments, exits);
    }

    /** A manifest without exits. */
    public Manifest(
            String name,
            List<Cut> cuts,
            List<Segment> segments,
            List<SharedWeight> sharedWeights,
            Map<String, List<Codec>> codecs,
            Preprocessing preprocessing,
            int fixedBatch,
            Map<String, String> record) {
        this(name, cuts, segments, sharedWeights, codecs, List.of(), preprocessing, fixedBatch, record);
    }

    /**
     * One cut.
     *
     * @param name its tensors' names joined by {@code +}, or {@code input} or {@code output}
     * @param tensors all tensors that are alive there, those that skip a segment included; axis 0 is -1 where it
     *     counts items
     * @param widthBytes bytes for one item, uncoded
     */
    public record Cut(String name, List<TensorSpec> tensors, long widthBytes) {

        public Cut {
            tensors = List.copyOf(tensors);
        }
    }

    /**
     * One segment.
     *
     * @param file its ONNX file within the bundle: letters, digits, {@code . _ -}, {@code /} between folders
     * @param parameters weights it holds, in elements
     * @param macs multiply-accumulate operations for one item
     */
    public record Segment(String file, long parameters, long macs) {}

    /**
     * What packing measured of one codec at one cut.
     *
     * @param name the codec's name
     * @param meanBytes mean bytes of data of one coded item
     * @param agreement share of the verification items whose answer with this codec is that of the whole network, 0 to 1
     * @param items the held-out verification items that the agreement was measured on: what it is worth as evidence; 0
     *     if they were made up, or if codecs were calibrated on any of them
     * @param lossless whether every verification item came back bit by bit
     */
    public record Codec(String name, double meanBytes, double agreement, int items, boolean lossless) {}

    /**
     * A classifier at a cut that may answer early.
     *
     * @param cut the name of the cut whose tensors it takes
     * @param file its ONNX file within the bundle: from the cut's tensors to logits, (items, classes)
     * @param temperature that the logits are divided by before the softmax, more than 0
     * @param gate decides by the probabilities whether it answers
     * @param parameters weights it holds, in elements
     * @param macs multiply-accumulate operations for one item
     * @param items the given items that packing measured it on; 0 if they were made up: then the next two say nothing
     * @param coverage share of those items that it answered, exits tried in order, 0 to 1
     * @param agreement share of the items it answered that it answered as the whole network does, 0 to 1; 0 if none
     * @param heldOut what training measured, on items with labels
     */
    public record Exit(
            String cut,
            String file,
            double temperature,
            Gate gate,
            long parameters,
            long macs,
            int items,
            double coverage,
            double agreement,
            Optional<HeldOut> heldOut) {}

    /**
     * What training measured of one exit on held-out items with labels.
     *
     * @param items how many
     * @param coverage share of them that the exit answered, exits tried in order, 0 to 1
     * @param accuracy share of the items it answered that it answered right, 0 to 1; 0 if none
     * @param calibrationErrorBefore expected calibration error at temperature 1, 0 to 1
     * @param calibrationErrorAfter expected calibration error at the exit's temperature, 0 to 1
     */
    public record HeldOut(
            int items, double coverage, double accuracy, double calibrationErrorBefore, double calibrationErrorAfter) {}

    /**
     * One shared weight's place in the weights file.
     *
     * @param spec its type and shape, every axis known
     * @param offset of its first byte, a multiple of the element's size
     */
    public record SharedWeight(String tensor, TensorSpec spec, long offset, long length) {}

    /** The names of the codecs listed for the cut called {@code cut}, in the order they were made; may be empty. */
    public List<String> codecNames(String cut) {
        List<String> names = new ArrayList<>();
        codecs.getOrDefault(cut, List.of()).forEach(codec -> names.add(codec.name()));
        return names;
    }

    /**
     * The index of the cut called {@code cut}, or of the only one that holds just the tensor of that name.
     *
     * @throws IncompatibleException if there is no such cut
     */
    public int cutIndex(String cut) {
        int ofTensor = -1;
        boolean several = false;
        List<String> names = new ArrayList<>();
        for (int index = 0; index < cuts.size(); index++) {
            Cut candidate = cuts.get(index);
            if (candidate.name().equals(cut)) {
                return index;
            }
            names.add(candidate.name());
            if (candidate.tensors().size() == 1
                    && candidate.tensors().get(0).name().equals(cut)) {
                several = ofTensor >= 0;
                ofTensor = index;
            }
        }
        if (ofTensor < 0 || several) {
            throw new IncompatibleException("cut: \"" + cut + "\" (expected: one of " + String.join(", ", names)
                    + "), bundle \"" + name + "\"");
        }
        return ofTensor;
    }

    /**
     * The mean multiply-accumulate operations of an item, wherever they run, over those of the network without exits: an
     * item that an exit answers costs the segments before the exit's cut and every exit up to it, any other item costs
     * all segments and all exits.
     *
     * @param answered for each exit the share of all items that it answers
     * @return 1 if the network has no such operations
     */
    public double meanMacsShare(List<Double> answered) {
        if (answered.size() != exits.size()) {
            throw new InvalidException(
                    "shares: " + answered.size() + " (expected: " + exits.size() + ", one for each exit)");
        }
        double whole = 0;
        for (Segment segment : segments) {
            whole += segment.macs();
        }
        double spent = 0; // by an item that has come so far
        double mean = 0;
        double rest = 1;
        int from = 0;
        for (int index = 0; index < exits.size(); index++) {
            int cut = cutIndex(exits.get(index).cut());
            for (Segment segment : segments.subList(from, cut)) {
                spent += segment.macs();
            }
            from = cut;
            spent += exits.get(index).macs();
            mean += answered.get(index) * spent;
            rest -= answered.get(index);
        }
        for (Segment segment : segments.subList(from, segments.size())) {
            spent += segment.macs();
        }
        return whole == 0 ? 1 : (mean + rest * spent) / whole;
    }

    /** {@link #meanMacsShare} for the coverage that packing measured. */
    public double meanMacsShare() {
        List<Double> coverage = new ArrayList<>();
        exits.forEach(exit -> coverage.add(exit.coverage()));
        return meanMacsShare(coverage);
    }
}
