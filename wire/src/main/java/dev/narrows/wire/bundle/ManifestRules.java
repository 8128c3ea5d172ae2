package dev.narrows.wire.bundle;

import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.bundle.Manifest.Codec;
import dev.narrows.wire.bundle.Manifest.Cut;
import dev.narrows.wire.bundle.Manifest.Segment;
import dev.narrows.wire.bundle.Manifest.SharedWeight;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What must hold within a manifest, whether it was just made or read. */
final class ManifestRules {

    /** Codecs that need nothing stored in the bundle. */
    static final Set<String> UNSTORED = Set.of("raw", "fp16", "pcm16");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    /** No component starts with a dot, so none is hidden, and none leads upwards. */
    private static final Pattern PATH =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,63}){0,3}");

    static final Set<String> RESERVED = Set.of(
            Manifest.MANIFEST_FILE,
            Manifest.HASH_FILE,
            Manifest.WEIGHTS_FILE,
            Manifest.CODECS_FILE,
            Manifest.LABELS_FILE);

    private ManifestRules() {}

    static void check(
            String name,
            List<Cut> cuts,
            List<Segment> segments,
            List<SharedWeight> weights,
            Map<String, List<Codec>> codecs,
            int fixedBatch) {
        require(NAME.matcher(name).matches(), "name", name, "letters, digits and . _ -");
        require(!segments.isEmpty(), "segments", "none", "1 or more");
        require(
                cuts.size() == segments.size() + 1,
                "cuts",
                cuts.size(),
                segments.size() + 1 + ", one more than segments");
        require(fixedBatch >= 0, "fixed batch", fixedBatch, "0 or more");
        checkCuts(cuts);
        checkSegments(segments);
        checkWeights(weights);
        checkCodecs(cuts, codecs);
    }

    private static void checkCuts(List<Cut> cuts) {
        Set<String> names = new HashSet<>();
        for (Cut cut : cuts) {
            require(names.add(cut.name()), "cut", cut.name() + " twice", "once");
            require(!cut.tensors().isEmpty(), "cut", cut.name() + " without tensors", "1 or more");
            require(cut.widthBytes() >= 0, "width of cut " + cut.name(), cut.widthBytes(), "0 or more bytes");
            Set<String> tensors = new HashSet<>();
            for (TensorSpec tensor : cut.tensors()) {
                require(tensors.add(tensor.name()), "tensor", tensor.name() + " twice in cut " + cut.name(), "once");
            }
        }
        String first = cuts.get(0).name();
        String last = cuts.get(cuts.size() - 1).name();
        require(first.equals(Manifest.INPUT_CUT), "first cut", first, Manifest.INPUT_CUT);
        require(last.equals(Manifest.OUTPUT_CUT), "last cut", last, Manifest.OUTPUT_CUT);
    }

    private static void checkSegments(List<Segment> segments) {
        Set<String> files = new HashSet<>();
        for (Segment segment : segments) {
            requirePath(segment.file());
            // Some file systems do not tell A from a.
            require(
                    files.add(segment.file().toLowerCase(Locale.ROOT)),
                    "segment's file",
                    segment.file() + " twice",
                    "once");
            require(!RESERVED.contains(segment.file()), "segment's file", segment.file(), "another name");
            require(segment.parameters() >= 0, "parameters of " + segment.file(), segment.parameters(), "0 or more");
            require(segment.macs() >= 0, "MACs of " + segment.file(), segment.macs(), "0 or more");
        }
    }

    private static void checkWeights(List<SharedWeight> weights) {
        Set<String> names = new HashSet<>();
        for (SharedWeight weight : weights) {
            require(names.add(weight.tensor()), "shared weight", weight.tensor() + " twice", "once");
            require(
                    weight.spec().name().equals(weight.tensor()),
                    "spec of " + weight.tensor(),
                    weight.spec(),
                    "its name");
            int width = weight.spec().dtype().bytes();
            long size = width;
            try {
                for (long axis : weight.spec().shape()) {
                    require(
                            axis >= 0,
                            "shape of " + weight.tensor(),
                            weight.spec().shape(),
                            "every axis known");
                    size = Math.multiplyExact(size, axis);
                }
            } catch (ArithmeticException e) {
                throw new InvalidException(
                        "shape of " + weight.tensor() + ": " + weight.spec().shape()
                                + " (expected: less than 2^63 bytes)",
                        e);
            }
            require(
                    weight.length() == size,
                    "length of " + weight.tensor(),
                    weight.length(),
                    size + " as its shape says");
            require(
                    weight.offset() >= 0
                            && weight.offset() % width == 0
                            && weight.offset() <= Integer.MAX_VALUE - weight.length(),
                    "offset of " + weight.tensor(),
                    weight.offset(),
                    "a multiple of " + width + ", the end below 2^31");
        }
    }

    private static void checkCodecs(List<Cut> cuts, Map<String, List<Codec>> codecs) {
        Set<String> enterable = new HashSet<>();
        for (Cut cut : cuts.subList(0, cuts.size() - 1)) {
            enterable.add(cut.name());
        }
        codecs.forEach((cut, list) -> {
            require(enterable.contains(cut), "codecs of cut", cut, "a cut but the last");
            Set<String> names = new HashSet<>();
            for (Codec codec : list) {
                String at = codec.name() + " of cut " + cut;
                require(names.add(codec.name()), "codec", at + " twice", "once");
                require(
                        codec.meanBytes() >= 0 && codec.meanBytes() < Double.POSITIVE_INFINITY,
                        "mean bytes of " + at,
                        codec.meanBytes(),
                        "0 or more");
                require(
                        codec.agreement() >= 0 && codec.agreement() <= 1,
                        "agreement of " + at,
                        codec.agreement(),
                        "0 to 1");
                require(codec.items() >= 0, "items of " + at, codec.items(), "0 or more");
            }
        });
    }

    static void requirePath(String path) {
        require(
                PATH.matcher(path).matches(),
                "file",
                path,
                "letters, digits and . _ - in at most 4 parts, no part starts with a dot");
    }

    static void require(boolean holds, String what, Object value, String expected) {
        if (!holds) {
            throw new InvalidException(what + ": " + value + " (expected: " + expected + "), manifest");
        }
    }
}
