package dev.narrows.wire.bundle;

import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a bundle holds.
 *
 * @param name the model's name on a server: letters, digits, {@code . _ -}, at most 128
 * @param cuts the n + 1 cuts of n segments: the first is the network's inputs, the last its outputs
 * @param segments the n segments, in order
 * @param sharedWeights weights that more than one segment uses, in {@link #WEIGHTS_FILE}
 * @param codecs for each cut but the last what is known of its codecs, in the order they were made
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
        Preprocessing preprocessing,
        int fixedBatch,
        Map<String, String> record) {

    /** The format's version; a reader refuses any other. */
    public static final int FORMAT = 1;

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
        record = Collections.unmodifiableMap(new TreeMap<>(record));
        ManifestRules.check(name, cuts, segments, sharedWeights, codecs, fixedBatch);
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
}
