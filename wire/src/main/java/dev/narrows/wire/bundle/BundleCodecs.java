package dev.narrows.wire.bundle;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.StrictJson;
import dev.narrows.wire.Utf8;
import dev.narrows.wire.bundle.Manifest.Cut;
import dev.narrows.wire.codec.Codecs;
import dev.narrows.wire.codec.CutCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * {@code codecs.json}: an object with a list of codecs for each cut that has some, exactly those codecs that the
 * manifest lists and that need something stored.
 */
final class BundleCodecs {

    private static final int DEPTH = 32;

    private BundleCodecs() {}

    /** Those that need something stored. */
    static Map<String, List<CutCodec>> stored(Map<String, List<CutCodec>> codecs) {
        Map<String, List<CutCodec>> stored = new TreeMap<>();
        codecs.forEach((cut, list) -> {
            List<CutCodec> ofCut = new ArrayList<>(list);
            ofCut.removeIf(codec -> ManifestRules.UNSTORED.contains(codec.name()));
            if (!ofCut.isEmpty()) {
                stored.put(cut, ofCut);
            }
        });
        return stored;
    }

    static byte[] write(Map<String, List<CutCodec>> codecs) {
        JsonObject tree = new JsonObject();
        new TreeMap<>(codecs).forEach((cut, list) -> {
            JsonArray array = new JsonArray();
            list.forEach(codec -> array.add(codec.toJson()));
            tree.add(cut, array);
        });
        return Utf8.encode(tree.toString());
    }

    /** The codecs by cut and name. */
    static Map<String, Map<String, CutCodec>> read(ByteBuffer json, Manifest manifest) {
        Map<String, Map<String, CutCodec>> codecs = new HashMap<>();
        Map<String, Cut> cuts = new HashMap<>();
        manifest.cuts().forEach(cut -> cuts.put(cut.name(), cut));
        JsonObject tree = StrictJson.tree(json, DEPTH, Manifest.CODECS_FILE);
        for (Map.Entry<String, JsonElement> entry : tree.entrySet()) {
            Cut cut = cuts.get(entry.getKey());
            if (cut == null || !(entry.getValue() instanceof JsonArray list)) {
                throw new InvalidException("cut: \"" + entry.getKey()
                        + "\" (expected: a cut of the manifest with a list of codecs), " + Manifest.CODECS_FILE);
            }
            Map<String, CutCodec> ofCut = new LinkedHashMap<>();
            for (JsonElement element : list) {
                if (!(element instanceof JsonObject object)) {
                    throw new InvalidException("codec: no object (expected: one), cut \"" + cut.name() + "\"");
                }
                CutCodec codec = Codecs.read(object, cut.tensors());
                if (ofCut.put(codec.name(), codec) != null) {
                    throw new InvalidException(
                            "codec: " + codec.name() + " twice (expected: once), cut \"" + cut.name() + "\"");
                }
            }
            codecs.put(cut.name(), ofCut);
        }
        Map<String, List<String>> given = new TreeMap<>();
        codecs.forEach((cut, ofCut) -> given.put(cut, new ArrayList<>(ofCut.keySet())));
        requireListed(manifest, given);
        return codecs;
    }

    /** Checks that the codecs given are those that the manifest lists, apart from those that need nothing stored. */
    static void requireListed(Manifest manifest, Map<String, List<String>> given) {
        Set<String> cuts = new TreeSet<>(given.keySet());
        cuts.addAll(manifest.codecs().keySet());
        for (String cut : cuts) {
            Set<String> listed = stored(manifest.codecNames(cut));
            Set<String> there = stored(given.getOrDefault(cut, List.of()));
            if (!listed.equals(there)) {
                throw new InvalidException("codecs: " + there + " stored (expected: " + listed
                        + " as the manifest says), cut \"" + cut + "\"");
            }
        }
    }

    private static Set<String> stored(Collection<String> codecs) {
        Set<String> stored = new TreeSet<>(codecs);
        stored.removeAll(ManifestRules.UNSTORED);
        return stored;
    }
}
