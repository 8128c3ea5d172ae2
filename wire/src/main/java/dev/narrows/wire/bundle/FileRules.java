package dev.narrows.wire.bundle;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.bundle.Manifest.Segment;
import dev.narrows.wire.bundle.Manifest.SharedWeight;
import dev.narrows.wire.bundle.ManifestJson.FileEntry;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/** Which files a manifest calls for, and how large they may be. */
final class FileRules {

    /** Codec tables and labels become objects on the heap; megabytes of them are a mistake or an attack. */
    static final int LARGEST_TEXT = 16 << 20;

    static final int LARGEST_MANIFEST = 4 << 20;
    /** What one buffer holds. */
    private static final long LARGEST = Integer.MAX_VALUE - 8;

    private FileRules() {}

    static void check(Manifest manifest, SortedMap<String, FileEntry> files) {
        Set<String> expected = new TreeSet<>();
        for (Segment segment : manifest.segments()) {
            expected.add(segment.file());
        }
        manifest.exits().forEach(exit -> expected.add(exit.file()));
        if (!manifest.sharedWeights().isEmpty()) {
            expected.add(Manifest.WEIGHTS_FILE);
        }
        if (storesCodecs(manifest)) {
            expected.add(Manifest.CODECS_FILE);
        }
        if (files.containsKey(Manifest.LABELS_FILE)) {
            expected.add(Manifest.LABELS_FILE);
        }
        if (!files.keySet().equals(expected)) {
            throw new InvalidException("files: " + files.keySet() + " (expected: " + expected + "), manifest");
        }
        for (Map.Entry<String, FileEntry> file : files.entrySet()) {
            boolean text =
                    file.getKey().equals(Manifest.CODECS_FILE) || file.getKey().equals(Manifest.LABELS_FILE);
            long largest = text ? LARGEST_TEXT : LARGEST;
            if (file.getValue().size() > largest) {
                throw new UnsupportedException("size: " + file.getValue().size() + " bytes (expected: at most "
                        + largest + "), file \"" + file.getKey() + "\"");
            }
        }
        FileEntry weights = files.get(Manifest.WEIGHTS_FILE);
        for (SharedWeight weight : manifest.sharedWeights()) {
            long end = weight.offset() + weight.length();
            if (weights == null || end > weights.size()) {
                throw new InvalidException("end of shared weight \"" + weight.tensor() + "\": " + end
                        + " (expected: within " + Manifest.WEIGHTS_FILE + "), manifest");
            }
        }
    }

    private static boolean storesCodecs(Manifest manifest) {
        return manifest.codecs().keySet().stream()
                .anyMatch(cut -> !ManifestRules.UNSTORED.containsAll(manifest.codecNames(cut)));
    }
}
