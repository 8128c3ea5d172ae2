package dev.narrows.wire.bundle;

import com.google.gson.FormattingStyle;
import com.google.gson.stream.JsonWriter;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.Datatype;
import dev.narrows.wire.StrictJson;
import dev.narrows.wire.Utf8;
import dev.narrows.wire.bundle.Manifest.Codec;
import dev.narrows.wire.bundle.Manifest.Cut;
import dev.narrows.wire.bundle.Manifest.Exit;
import dev.narrows.wire.bundle.Manifest.Segment;
import dev.narrows.wire.bundle.Manifest.SharedWeight;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The manifest as JSON, with size and SHA-256 of every other file of the bundle. The same manifest gives the same bytes.
 *
 * @param manifest what the bundle holds
 * @param files by path, sorted
 */
record ManifestJson(Manifest manifest, SortedMap<String, FileEntry> files) {

    private static final int DEPTH = 8;
    private static final String WHAT = Manifest.MANIFEST_FILE;

    /** What must be found under a path: {@code sha256} as 64 lowercase hexadecimal digits. */
    record FileEntry(long size, String sha256) {}

    ManifestJson {
        FileRules.check(manifest, files);
    }

    /** Checks that the contents of the file called {@code name} are what the manifest says. */
    void requireHash(String name, String sha256) {
        FileEntry expected = files.get(name);
        if (expected == null || !expected.sha256().equals(sha256)) {
            throw new MalformedException("SHA-256: " + sha256 + " (expected: "
                    + (expected == null ? "a file of the manifest" : expected.sha256()) + "), file \"" + name + "\"");
        }
    }

    byte[] write() {
        StringWriter text = new StringWriter();
        try (JsonWriter out = new JsonWriter(text)) {
            out.setFormattingStyle(FormattingStyle.PRETTY.withNewline("\n"));
            out.beginObject();
            out.name("format").value(manifest.exits().isEmpty() ? Manifest.FORMAT : Manifest.FORMAT_WITH_EXITS);
            out.name("name").value(manifest.name());
            out.name("cuts").beginArray();
            for (Cut cut : manifest.cuts()) {
                out.beginObject();
                out.name("name").value(cut.name());
                out.name("width_bytes").value(cut.widthBytes());
                out.name("tensors").beginArray();
                for (TensorSpec tensor : cut.tensors()) {
                    spec(out, tensor.name(), tensor).endObject();
                }
                out.endArray().endObject();
            }
            out.endArray();
            out.name("segments").beginArray();
            for (Segment segment : manifest.segments()) {
                out.beginObject();
                out.name("file").value(segment.file());
                out.name("parameters").value(segment.parameters());
                out.name("macs").value(segment.macs());
                out.endObject();
            }
            out.endArray();
            out.name("shared_weights").beginArray();
            for (SharedWeight weight : manifest.sharedWeights()) {
                spec(out, weight.tensor(), weight.spec());
                out.name("offset").value(weight.offset());
                out.name("length").value(weight.length());
                out.endObject();
            }
            out.endArray();
            out.name("codecs").beginObject();
            for (Map.Entry<String, List<Codec>> entry : manifest.codecs().entrySet()) {
                out.name(entry.getKey()).beginArray();
                for (Codec codec : entry.getValue()) {
                    out.beginObject();
                    out.name("name").value(codec.name());
                    out.name("mean_bytes").value(codec.meanBytes());
                    out.name("agreement").value(codec.agreement());
                    out.name("items").value(codec.items());
                    out.name("lossless").value(codec.lossless());
                    out.endObject();
                }
                out.endArray();
            }
            out.endObject();
            if (!manifest.exits().isEmpty()) {
                out.name("exits").beginArray();
                for (Exit exit : manifest.exits()) {
                    ExitJson.write(out, exit);
                }
                out.endArray();
            }
            out.name("preprocessing");
            PreprocessingJson.write(out, manifest.preprocessing());
            out.name("fixed_batch").value(manifest.fixedBatch());
            out.name("record").beginObject();
            for (Map.Entry<String, String> entry : manifest.record().entrySet()) {
                out.name(entry.getKey()).value(entry.getValue());
            }
            out.endObject();
            out.name("files").beginObject();
            for (Map.Entry<String, FileEntry> file : files.entrySet()) {
                out.name(file.getKey()).beginObject();
                out.name("size").value(file.getValue().size());
                out.name("sha256").value(file.getValue().sha256());
                out.endObject();
            }
            out.endObject();
            out.endObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter failed", e);
        }
        return Utf8.encode(text.append('\n').toString());
    }

    private static JsonWriter spec(JsonWriter out, String name, TensorSpec spec) throws IOException {
        out.beginObject();
        out.name("name").value(name);
        out.name("datatype").value(Datatype.of(spec.dtype()));
        out.name("shape").beginArray();
        for (long axis : spec.shape()) {
            out.value(axis);
        }
        return out.endArray();
    }

    /**
     * @throws UnsupportedException if it is of another format version
     * @throws dev.narrows.errors.MalformedException if it is no JSON
     * @throws dev.narrows.errors.InvalidException if it is no manifest
     */
    static ManifestJson read(ByteBuffer json) {
        long format = format(json);
        StrictJson in = StrictJson.of(json, DEPTH, WHAT);
        Draft draft = new Draft(format);
        in.object(key -> draft.read(in, key));
        in.end();
        return draft.finished(in);
    }

    /** Looks for the version before anything else: another version may well have other keys. */
    private static long format(ByteBuffer json) {
        StrictJson in = StrictJson.of(json, DEPTH, WHAT);
        long[] format = {-1};
        in.object(key -> {
            if (key.equals("format")) {
                format[0] = in.integer(0, Long.MAX_VALUE);
            } else {
                in.skip();
            }
        });
        if (format[0] == -1) {
            throw in.wrong("\"format\"", "no format version");
        }
        if (format[0] != Manifest.FORMAT && format[0] != Manifest.FORMAT_WITH_EXITS) {
            throw new UnsupportedException("bundle format: " + format[0] + " (expected: " + Manifest.FORMAT + " or "
                    + Manifest.FORMAT_WITH_EXITS + "), " + WHAT);
        }
        return format[0];
    }

    /** A manifest as far as it was read. */
    private static final class Draft {
        private final long format;
        private @Nullable String name;
        private final List<Cut> cuts = new ArrayList<>();
        private final List<Segment> segments = new ArrayList<>();
        private final List<SharedWeight> weights = new ArrayList<>();
        private final TreeMap<String, List<Codec>> codecs = new TreeMap<>();
        private final List<Exit> exits = new ArrayList<>();
        private @Nullable Preprocessing preprocessing;
        private int fixedBatch;
        private final TreeMap<String, String> record = new TreeMap<>();
        private final TreeMap<String, FileEntry> files = new TreeMap<>();

        Draft(long format) {
            this.format = format;
        }

        void read(StrictJson in, String key) {
            if (key.equals("exits") && format == Manifest.FORMAT) {
                throw in.unknown(key, "a key of bundle format " + format);
            }
            switch (key) {
                case "format" -> in.skip(); // checked before
                case "name" -> name = in.text();
                case "cuts" -> in.array(() -> cuts.add(cut(in)));
                case "segments" -> in.array(() -> segments.add(segment(in)));
                case "shared_weights" -> in.array(() -> weights.add(weight(in)));
                case "codecs" ->
                    in.object(cut -> {
                        List<Codec> list = new ArrayList<>();
                        in.array(() -> list.add(codec(in)));
                        codecs.put(cut, list);
                    });
                case "exits" -> in.array(() -> exits.add(ExitJson.read(in)));
                case "preprocessing" -> preprocessing = PreprocessingJson.read(in);
                case "fixed_batch" -> fixedBatch = (int) in.integer(0, Integer.MAX_VALUE);
                case "record" -> in.object(item -> record.put(item, in.text()));
                case "files" -> in.object(path -> files.put(path, file(in)));
                default -> throw in.unknown(key, "a key of bundle format " + format);
            }
        }

        ManifestJson finished(StrictJson in) {
            if (name == null || preprocessing == null) {
                throw in.wrong("\"name\" and \"preprocessing\"", "a manifest without");
            }
            if (exits.isEmpty() && format == Manifest.FORMAT_WITH_EXITS) {
                throw in.wrong("\"exits\" in bundle format " + format, "a manifest without");
            }
            Manifest manifest =
                    new Manifest(name, cuts, segments, weights, codecs, exits, preprocessing, fixedBatch, record);
            return new ManifestJson(manifest, files);
        }
    }

    private static final long ANY = Long.MAX_VALUE;

    private static Cut cut(StrictJson in) {
        SpecDraft draft = new SpecDraft();
        List<TensorSpec> tensors = new ArrayList<>();
        long[] width = new long[1];
        in.object(key -> {
            switch (key) {
                case "name" -> draft.name = in.text();
                case "width_bytes" -> width[0] = in.integer(0, ANY);
                case "tensors" ->
                    in.array(() -> {
                        SpecDraft tensor = new SpecDraft();
                        in.object(field -> tensor.read(in, field));
                        tensors.add(tensor.spec(in));
                    });
                default -> throw in.unknown(key, "name, width_bytes or tensors");
            }
        });
        return new Cut(draft.named(in), tensors, width[0]);
    }

    private static Codec codec(StrictJson in) {
        SpecDraft draft = new SpecDraft();
        double[] measured = new double[2];
        int[] items = {-1};
        boolean[] lossless = new boolean[1];
        in.object(key -> {
            switch (key) {
                case "name" -> draft.name = in.text();
                case "mean_bytes" -> measured[0] = in.real();
                case "agreement" -> measured[1] = in.real();
                case "items" -> items[0] = (int) in.integer(0, Integer.MAX_VALUE);
                case "lossless" -> lossless[0] = in.bool();
                default -> throw in.unknown(key, "name, mean_bytes, agreement, items or lossless");
            }
        });
        if (items[0] < 0) {
            throw in.wrong("\"items\"", "a codec without");
        }
        return new Codec(draft.named(in), measured[0], measured[1], items[0], lossless[0]);
    }

    private static Segment segment(StrictJson in) {
        SpecDraft draft = new SpecDraft();
        long[] costs = new long[2];
        in.object(key -> {
            switch (key) {
                case "file" -> draft.name = in.text();
                case "parameters" -> costs[0] = in.integer(0, ANY);
                case "macs" -> costs[1] = in.integer(0, ANY);
                default -> throw in.unknown(key, "file, parameters or macs");
            }
        });
        return new Segment(draft.named(in), costs[0], costs[1]);
    }

    private static SharedWeight weight(StrictJson in) {
        SpecDraft draft = new SpecDraft();
        long[] place = new long[2];
        in.object(key -> {
            switch (key) {
                case "offset" -> place[0] = in.integer(0, ANY);
                case "length" -> place[1] = in.integer(0, ANY);
                default -> draft.read(in, key);
            }
        });
        return new SharedWeight(draft.named(in), draft.spec(in), place[0], place[1]);
    }

    private static FileEntry file(StrictJson in) {
        SpecDraft draft = new SpecDraft();
        long[] size = new long[1];
        in.object(key -> {
            switch (key) {
                case "size" -> size[0] = in.integer(0, ANY);
                case "sha256" -> draft.name = in.text();
                default -> throw in.unknown(key, "size or sha256");
            }
        });
        return new FileEntry(size[0], draft.named(in));
    }

    /** A name, and the type and shape of a tensor, as far as they were read. */
    private static final class SpecDraft {
        private @Nullable String name;
        private @Nullable String datatype;
        private final List<Long> shape = new ArrayList<>();

        void read(StrictJson in, String key) {
            switch (key) {
                case "name" -> name = in.text();
                case "datatype" -> datatype = in.text();
                case "shape" -> in.array(() -> shape.add(in.integer(-1, ANY)));
                default -> throw in.unknown(key, "name, datatype or shape");
            }
        }

        String named(StrictJson in) {
            if (name == null) {
                throw in.wrong("a name, file or sha256", "an object without");
            }
            return name;
        }

        TensorSpec spec(StrictJson in) {
            if (datatype == null) {
                throw in.wrong("a datatype", "a tensor without");
            }
            return new TensorSpec(named(in), Datatype.parse(datatype), shape);
        }
    }
}
