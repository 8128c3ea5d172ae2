package dev.narrows.wire.bundle;

import dev.narrows.engine.Chain;
import dev.narrows.engine.DType;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.Datatype;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.bundle.Manifest.Cut;
import dev.narrows.wire.bundle.Manifest.SharedWeight;
import dev.narrows.wire.codec.Codecs;
import dev.narrows.wire.codec.CutCodec;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A bundle read from a directory or a single zip file. Every file's size and SHA-256 is checked against the manifest
 * before its bytes are used; names that leave the bundle, files that the manifest does not list and sizes beyond the
 * limits are refused. Segments and weights stay on disk and are read, and checked again, when they are asked for.
 * Immutable and thread-safe.
 */
public final class Bundle {

    private final Contents contents;
    private final List<String> labels;
    private final Map<String, Map<String, CutCodec>> stored; // by cut, by codec

    private Bundle(Contents contents, List<String> labels, Map<String, Map<String, CutCodec>> stored) {
        this.contents = contents;
        this.labels = labels;
        this.stored = stored;
    }

    /**
     * @throws MalformedException if it is no bundle, is damaged or incomplete
     * @throws dev.narrows.errors.UnsupportedException if its format is of another version
     * @throws dev.narrows.errors.UnavailableException if it is not there or cannot be read
     */
    public static Bundle read(Path directoryOrFile) {
        Contents contents = Contents.read(directoryOrFile);
        return Contents.reading(directoryOrFile, () -> new Bundle(contents, labels(contents), codecs(contents)));
    }

    public Manifest manifest() {
        return contents.json().manifest();
    }

    /** SHA-256 of the manifest, which names every other file by its SHA-256: 64 hexadecimal digits. */
    public String hash() {
        return contents.hash();
    }

    /** The classes' names by index; empty if the bundle has none. */
    public List<String> labels() {
        return labels;
    }

    /**
     * The codec called {@code codec} of the cut called {@code cut}. {@code raw} and {@code fp16} always exist, and
     * {@code pcm16} where the manifest lists it and at the inputs of a network for sound.
     *
     * @throws IncompatibleException if the bundle has no such cut or codec
     */
    public CutCodec codec(String cut, String codec) {
        Cut at = manifest().cuts().get(manifest().cutIndex(cut));
        List<String> listed = manifest().codecNames(at.name());
        CutCodec found = stored.getOrDefault(at.name(), Map.of()).get(codec);
        if (found != null) {
            return found;
        }
        if (codec.equals("raw")) {
            return Codecs.raw(at.tensors());
        }
        if (codec.equals("fp16")) {
            return Codecs.fp16(at.tensors());
        }
        boolean sound = at.name().equals(Manifest.INPUT_CUT)
                && manifest().preprocessing() instanceof Preprocessing.Audio
                && at.tensors().stream().allMatch(tensor -> tensor.dtype() == DType.FLOAT32);
        if (codec.equals("pcm16") && (sound || listed.contains(codec))) {
            return Codecs.pcm16(at.tensors());
        }
        Set<String> known = new TreeSet<>(listed);
        known.addAll(sound ? List.of("raw", "fp16", "pcm16") : List.of("raw", "fp16"));
        throw new IncompatibleException("codec: \"" + codec + "\" (expected: one of " + String.join(", ", known)
                + "), cut \"" + at.name() + "\", bundle \"" + manifest().name() + "\"");
    }

    /**
     * The ONNX bytes of a segment, in direct memory.
     *
     * @throws MalformedException if the file is not any more what it was when the bundle was read
     */
    public ByteBuffer segment(int index) {
        return contents.bytes(manifest().segments().get(index).file(), true);
    }

    /** All segments loaded; the caller closes the chain. */
    public Chain open(SessionOptions options) {
        return open(options, 0, manifest().segments().size());
    }

    /**
     * The segments {@code fromCut} to {@code toCut − 1} loaded: what a tier needs that never runs the others. Cut 0 of
     * the chain is the bundle's cut {@code fromCut}. The caller closes the chain.
     *
     * @throws InvalidException if there is no segment between the cuts
     * @throws MalformedException if a file is not any more what it was when the bundle was read
     * @throws dev.narrows.errors.UnsupportedException if the runtime cannot run a segment
     * @throws IncompatibleException if the segments are not what the manifest says
     */
    public Chain open(SessionOptions options, int fromCut, int toCut) {
        int segments = manifest().segments().size();
        if (fromCut < 0 || toCut > segments || fromCut >= toCut) {
            throw new InvalidException("cuts: " + fromCut + " to " + toCut + " (expected: from less than to, 0 to "
                    + segments + "), bundle \"" + manifest().name() + "\"");
        }
        Map<String, Tensor> weights = sharedWeights();
        List<Session> sessions = new ArrayList<>();
        try {
            for (int index = fromCut; index < toCut; index++) {
                String name = manifest().name() + "/" + index;
                sessions.add(Session.open(name, segment(index), weights, options));
            }
            List<List<String>> cuts = new ArrayList<>();
            for (Cut cut : manifest().cuts().subList(fromCut, toCut + 1)) {
                List<String> names = new ArrayList<>();
                cut.tensors().forEach(tensor -> names.add(tensor.name()));
                cuts.add(names);
            }
            Chain chain = Chain.of(sessions, cuts);
            requireTypes(chain, fromCut);
            return chain;
        } catch (RuntimeException e) {
            sessions.forEach(Session::close);
            throw e;
        }
    }

    /**
     * An exit loaded; the caller closes it.
     *
     * @param index into the manifest's exits
     * @throws MalformedException if its file is not any more what it was when the bundle was read
     * @throws dev.narrows.errors.UnsupportedException if the runtime cannot run it
     * @throws IncompatibleException if it does not take the tensors of its cut, or gives something else than logits
     */
    public Session openExit(int index, SessionOptions options) {
        Manifest.Exit exit = manifest().exits().get(index);
        Cut cut = manifest().cuts().get(manifest().cutIndex(exit.cut()));
        Session session = Session.open(
                manifest().name() + "/" + exit.file(), contents.bytes(exit.file(), true), Map.of(), options);
        try {
            ExitFit.check(session, cut, labels.size());
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private void requireTypes(Chain chain, int fromCut) {
        for (int cut = 0; cut <= chain.segments(); cut++) {
            List<TensorSpec> listed = manifest().cuts().get(fromCut + cut).tensors();
            List<TensorSpec> actual = chain.specs(cut);
            for (int index = 0; index < listed.size(); index++) {
                if (listed.get(index).dtype() != actual.get(index).dtype()) {
                    throw new IncompatibleException("tensor: " + actual.get(index) + " in its segment (expected: "
                            + listed.get(index) + " as the manifest says), bundle \""
                            + manifest().name() + "\"");
                }
            }
        }
    }

    private Map<String, Tensor> sharedWeights() {
        Map<String, Tensor> weights = new HashMap<>();
        if (manifest().sharedWeights().isEmpty()) {
            return weights;
        }
        ByteBuffer file = contents.bytes(Manifest.WEIGHTS_FILE, true);
        for (SharedWeight weight : manifest().sharedWeights()) {
            ByteBuffer bytes = file.duplicate();
            ((Buffer) bytes).limit((int) (weight.offset() + weight.length()));
            ((Buffer) bytes).position((int) weight.offset());
            WireTensor stored = new WireTensor(
                    weight.tensor(),
                    Datatype.of(weight.spec().dtype()),
                    weight.spec().shape(),
                    Parameters.NONE,
                    bytes);
            weights.put(weight.tensor(), stored.toTensor(weight.spec()));
        }
        return weights;
    }

    private static Map<String, Map<String, CutCodec>> codecs(Contents contents) {
        return contents.has(Manifest.CODECS_FILE)
                ? BundleCodecs.read(
                        contents.bytes(Manifest.CODECS_FILE, false),
                        contents.json().manifest())
                : Map.of();
    }

    private static List<String> labels(Contents contents) {
        if (!contents.has(Manifest.LABELS_FILE)) {
            return List.of();
        }
        String text = contents.text(Manifest.LABELS_FILE);
        if (!text.endsWith("\n")) {
            throw new InvalidException("labels: no line feed at the end (expected: one behind each label)");
        }
        return List.of(text.substring(0, text.length() - 1).split("\n", -1));
    }
}
