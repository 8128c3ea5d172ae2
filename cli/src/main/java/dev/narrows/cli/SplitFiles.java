package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.ValueInfo;
import dev.narrows.plan.Elements;
import dev.narrows.plan.SharedWeights;
import dev.narrows.wire.bundle.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What {@code narrows split} writes into a directory: {@code segment-0.onnx} …, weights that several segments use once
 * in {@code shared.weights}, the SHA-256 of each in a file beside it, and {@code chain.json}, which says how they belong
 * together.
 */
final class SplitFiles {

    static final String CHAIN_FILE = "chain.json";
    static final String WEIGHTS_FILE = "shared.weights";

    private static final int FORMAT = 1;

    private final Path directory;
    private final List<Path> segments = new ArrayList<>();

    private SplitFiles(Path directory) {
        this.directory = directory;
    }

    /** Refuses a directory that holds anything, unless {@code force}. */
    static void check(Path directory, boolean force) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new InvalidException("directory: \"" + directory + "\" is a file");
        }
        if (!force && Files.isDirectory(directory)) {
            try (Stream<Path> content = Files.list(directory)) {
                if (content.findAny().isPresent()) {
                    throw new InvalidException("directory: \"" + directory + "\" is not empty (expected: a new one, or"
                            + " --force to overwrite)");
                }
            }
        }
    }

    /** The segments' files, in order. */
    List<Path> segments() {
        return segments;
    }

    /** Writes the chain of a network that was read from {@code source}. */
    static SplitFiles write(Path directory, Path source, Network network, Shapes shapes, Segments.Chain chain)
            throws IOException {
        Files.createDirectories(directory);
        SplitFiles files = new SplitFiles(directory);
        SharedWeights shared = SharedWeights.of(chain.shared());
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT);
        json.add("source", source(source, network));
        json.add("cuts", cuts(chain, shapes));
        JsonArray segments = new JsonArray();
        for (int i = 0; i < chain.segments().size(); i++) {
            segments.add(files.segment(i, chain.segments().get(i), shared, shapes));
        }
        json.add("segments", segments);
        if (!shared.entries().isEmpty()) {
            json.add("shared_weights", files.weights(shared));
        }
        Files.writeString(directory.resolve(CHAIN_FILE), JsonOutput.document(json) + "\n");
        return files;
    }

    private static JsonObject source(Path source, Network network) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("file", source.toAbsolutePath().normalize().toString());
        json.addProperty("sha256", ModelFiles.sha256(source));
        json.addProperty("network", network.name());
        return json;
    }

    private static JsonArray cuts(Segments.Chain chain, Shapes shapes) {
        JsonArray cuts = new JsonArray();
        int last = chain.cuts().size() - 1;
        for (int i = 0; i <= last; i++) {
            List<String> names = chain.cuts().get(i);
            JsonObject cut = new JsonObject();
            cut.addProperty(
                    "name", i == 0 ? Manifest.INPUT_CUT : i == last ? Manifest.OUTPUT_CUT : String.join("+", names));
            long width = 0;
            JsonArray tensors = new JsonArray();
            for (String name : names) {
                TensorSpec spec = Elements.spec(name, shapes);
                JsonObject tensor = new JsonObject();
                tensor.addProperty("name", name);
                tensor.addProperty("type", spec.dtype().name());
                tensor.add("shape", JsonOutput.numbers(spec.shape()));
                tensors.add(tensor);
                width += shapes.of(name).map(Shapes.Shape::sizeBytes).orElse(0L);
            }
            cut.addProperty("width_bytes", width);
            cut.add("tensors", tensors);
            cuts.add(cut);
        }
        return cuts;
    }

    private JsonObject segment(int index, Network segment, SharedWeights shared, Shapes shapes) throws IOException {
        Map<String, OnnxWriter.Place> places = shared.places(segment, WEIGHTS_FILE);
        Path file = directory.resolve("segment-" + index + ".onnx");
        JsonObject json = file(file, OnnxWriter.write(segment, places));
        segments.add(file);
        long macs = 0;
        long parameters = 0;
        for (Costs.NodeCost cost : Costs.of(segment, shapes)) {
            macs += cost.macs();
            parameters += cost.parameters();
        }
        json.addProperty("nodes", segment.nodes().size());
        json.addProperty("parameters", parameters);
        json.addProperty("macs", macs);
        json.add(
                "inputs",
                JsonOutput.strings(
                        segment.inputs().stream().map(ValueInfo::name).toList()));
        json.add(
                "outputs",
                JsonOutput.strings(
                        segment.outputs().stream().map(ValueInfo::name).toList()));
        return json;
    }

    private JsonObject weights(SharedWeights shared) throws IOException {
        JsonObject json = file(directory.resolve(WEIGHTS_FILE), shared.bytes());
        JsonArray tensors = new JsonArray();
        Set<String> seen = new HashSet<>();
        for (Manifest.SharedWeight weight : shared.entries()) {
            if (seen.add(weight.tensor())) {
                JsonObject tensor = new JsonObject();
                tensor.addProperty("name", weight.tensor());
                tensor.addProperty("offset", weight.offset());
                tensor.addProperty("length", weight.length());
                tensors.add(tensor);
            }
        }
        json.add("tensors", tensors);
        return json;
    }

    private static JsonObject file(Path file, ByteBuffer bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer left = bytes.duplicate();
            while (left.hasRemaining()) {
                channel.write(left);
            }
        }
        String name = String.valueOf(file.getFileName());
        String hash = ModelFiles.sha256(file);
        // As sha256sum writes it: `sha256sum -c *.sha256` checks the directory.
        Files.writeString(file.resolveSibling(name + ".sha256"), hash + "  " + name + "\n");
        JsonObject json = new JsonObject();
        json.addProperty("file", name);
        json.addProperty("sha256", hash);
        json.addProperty("bytes", Files.size(file));
        return json;
    }
}
