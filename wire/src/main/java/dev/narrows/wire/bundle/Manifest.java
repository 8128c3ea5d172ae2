package dev.narrows.wire.bundle;

import dev.narrows.engine.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a bundle holds.
 *
 * @param name the model's name on a server
 * @param cuts the n + 1 cuts of n segments: the first is the network's inputs, the last its outputs
 * @param segments the n segments, in order
 * @param sharedWeights weights that more than one segment uses, in {@link #WEIGHTS_FILE}
 * @param codecs for each cut but the last what is known of its codecs, in the order they were made
 * @param defaultCut the cut that a device uses when nothing chooses one
 * @param defaultCodec the codec that goes with it
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
        Optional<String> defaultCut,
        Optional<String> defaultCodec,
        Preprocessing preprocessing,
        int fixedBatch,
        Map<String, String> record) {

    /** The format's version; a reader refuses any other. */
    public static final int FORMAT = 1;

    public static final String MANIFEST_FILE = "manifest.json";
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
        codecs = Map.copyOf(codecs);
        record = Map.copyOf(record);
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
     * @param file its ONNX file within the bundle
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
     * @param lossless whether every verification item came back bit by bit
     */
    public record Codec(String name, double meanBytes, double agreement, boolean lossless) {}

    /** One shared weight's place in the weights file. */
    public record SharedWeight(String tensor, TensorSpec spec, long offset, long length) {}

    /** The index of the cut called {@code cut}, or of the only one that holds just the tensor of that name. */
    public int cutIndex(String cut) {
        throw new UnsupportedOperationException();
    }
}
