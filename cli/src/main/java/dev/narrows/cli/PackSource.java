package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is packed: an ONNX file and its cuts.
 *
 * @param file the whole network
 * @param cuts the tensors of each cut that it was split at, in order; empty for a file
 */
record PackSource(Path file, List<List<String>> cuts) {

    /**
     * From an ONNX file, or from a directory of segments: then the file that it was split from, which must still be the
     * same, and its cuts.
     *
     * @param cutsAskedFor whether the user asks for cuts, so that a file needs none of its own
     */
    static PackSource of(Path model, boolean cutsAskedFor) throws IOException {
        if (!Files.isDirectory(model)) {
            if (!Files.isRegularFile(model)) {
                throw new InvalidException("no such file: \"" + model + "\"");
            }
            if (!cutsAskedFor) {
                throw new WrongUseException(
                        "--at: none (expected: a tensor; `narrows inspect " + model + "` shows them)");
            }
            return new PackSource(model, List.of());
        }
        Path chainFile = model.resolve(SplitFiles.CHAIN_FILE);
        if (!Files.isRegularFile(chainFile)) {
            throw new InvalidException("directory: \"" + model + "\" has no " + SplitFiles.CHAIN_FILE
                    + " (expected: an ONNX file, or what `narrows split` wrote)");
        }
        try {
            JsonObject chain =
                    JsonParser.parseString(Files.readString(chainFile)).getAsJsonObject();
            JsonObject source = chain.getAsJsonObject("source");
            Path file = Path.of(source.get("file").getAsString());
            if (!Files.isRegularFile(file)) {
                throw new InvalidException("network: \"" + file + "\" is gone (expected: what was split into \"" + model
                        + "\"; pack needs it to verify against)");
            }
            String hash = ModelFiles.sha256(file);
            if (!hash.equals(source.get("sha256").getAsString())) {
                throw new IncompatibleException("network: \"" + file + "\" has changed since it was split into \""
                        + model + "\" (expected: SHA-256 "
                        + source.get("sha256").getAsString() + ")");
            }
            return new PackSource(file, inner(chain.getAsJsonArray("cuts")));
        } catch (JsonParseException | IllegalStateException | NullPointerException | ClassCastException e) {
            throw new MalformedException("chain: not as `narrows split` writes it, file \"" + chainFile + "\"", e);
        }
    }

    private static List<List<String>> inner(JsonArray all) {
        List<List<String>> cuts = new ArrayList<>();
        for (int i = 1; i < all.size() - 1; i++) {
            List<String> tensors = new ArrayList<>();
            for (JsonElement tensor : all.get(i).getAsJsonObject().getAsJsonArray("tensors")) {
                tensors.add(tensor.getAsJsonObject().get("name").getAsString());
            }
            cuts.add(tensors);
        }
        return cuts;
    }
}
