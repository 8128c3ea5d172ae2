package dev.narrows.wire.bundle;

import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Utf8;
import dev.narrows.wire.bundle.ManifestJson.FileEntry;
import dev.narrows.wire.codec.CutCodec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The parts of a bundle that is to be written.
 *
 * @param manifest what it holds
 * @param segments the ONNX bytes of each segment, in order
 * @param weights the shared weights' bytes, little-endian; empty if there are none
 * @param codecs for each cut's name its codecs (the quantising and other stored ones; raw, fp16 and pcm16 need no
 *     entry); each must be among the names that the manifest lists for the cut
 * @param exits the ONNX bytes of each exit, in order
 * @param labels the classes' names; empty if there are none
 */
public record BundleFiles(
        Manifest manifest,
        List<ByteBuffer> segments,
        ByteBuffer weights,
        Map<String, List<CutCodec>> codecs,
        List<ByteBuffer> exits,
        List<String> labels) {

    public BundleFiles {
        exits = List.copyOf(exits);
        segments = List.copyOf(segments);
        codecs = Map.copyOf(codecs);
        labels = List.copyOf(labels);
        if (segments.size() != manifest.segments().size()) {
            throw new InvalidException("segments: " + segments.size() + " (expected: "
                    + manifest.segments().size() + " as the manifest says), bundle \"" + manifest.name() + "\"");
        }
        if (exits.size() != manifest.exits().size()) {
            throw new InvalidException("exits: " + exits.size() + " (expected: "
                    + manifest.exits().size() + " as the manifest says), bundle \"" + manifest.name() + "\"");
        }
        for (String label : labels) {
            if (label.indexOf('\n') >= 0 || label.indexOf('\r') >= 0) {
                throw new InvalidException(
                        "label: of several lines (expected: one line), bundle \"" + manifest.name() + "\"");
            }
        }
        Map<String, List<String>> given = new TreeMap<>();
        codecs.forEach(
                (cut, list) -> given.put(cut, list.stream().map(CutCodec::name).collect(Collectors.toList())));
        BundleCodecs.requireListed(manifest, given);
    }

    /** The parts of a bundle without exits. */
    public BundleFiles(
            Manifest manifest,
            List<ByteBuffer> segments,
            ByteBuffer weights,
            Map<String, List<CutCodec>> codecs,
            List<String> labels) {
        this(manifest, segments, weights, codecs, List.of(), labels);
    }

    /**
     * Writes the bundle: a zip file if {@code target} ends in {@code .narrows} or {@code .zip}, else a directory. The
     * same parts give the same bytes and the same hash. Written beside the target and moved into place, so that no half
     * a bundle is ever there. Makes the folders above; replaces a bundle that is there.
     *
     * @return the content hash
     * @throws InvalidException if something is there that is no bundle, or a bundle of the other form
     * @throws dev.narrows.errors.UnsupportedException if a file would be larger than the format takes
     * @throws dev.narrows.errors.UnavailableException if it cannot be written
     */
    public String write(Path target) {
        TreeMap<String, ByteBuffer> files = files();
        TreeMap<String, FileEntry> entries = new TreeMap<>();
        files.forEach((name, bytes) -> entries.put(name, new FileEntry(bytes.remaining(), Sha256.of(bytes))));
        ByteBuffer json = ByteBuffer.wrap(new ManifestJson(manifest, entries).write());
        String hash = Sha256.of(json);
        Map<String, ByteBuffer> all = new LinkedHashMap<>();
        all.put(Manifest.MANIFEST_FILE, json);
        all.put(Manifest.HASH_FILE, ByteBuffer.wrap(Contents.hashFile(hash)));
        all.putAll(files);
        new Target(target).write(all);
        return hash;
    }

    /** Every file but the manifest and its hash. */
    private TreeMap<String, ByteBuffer> files() {
        TreeMap<String, ByteBuffer> files = new TreeMap<>();
        for (int index = 0; index < segments.size(); index++) {
            files.put(manifest.segments().get(index).file(), segments.get(index).slice());
        }
        for (int index = 0; index < exits.size(); index++) {
            files.put(manifest.exits().get(index).file(), exits.get(index).slice());
        }
        if (weights.hasRemaining() || !manifest.sharedWeights().isEmpty()) {
            files.put(Manifest.WEIGHTS_FILE, weights.slice());
        }
        Map<String, List<CutCodec>> stored = BundleCodecs.stored(codecs);
        if (!stored.isEmpty()) {
            files.put(Manifest.CODECS_FILE, ByteBuffer.wrap(BundleCodecs.write(stored)));
        }
        if (!labels.isEmpty()) {
            files.put(Manifest.LABELS_FILE, ByteBuffer.wrap(Utf8.encode(String.join("\n", labels) + "\n")));
        }
        return files;
    }
}
