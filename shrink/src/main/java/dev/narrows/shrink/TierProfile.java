package dev.narrows.shrink;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.RandomItems;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How long a network takes on one tier, measured there: what makes times of another machine comparable. With layers of
 * bytes too, since processors differ in how much faster they are at bytes than at floats.
 *
 * @param network SHA-256 of its ONNX file, as Narrows writes it
 * @param machine where it was measured, for people
 * @param floatMillis median for an item, one thread, the network as it is
 * @param byteMillis the same with all layers in bytes ({@link Int8}); none where no layer can be
 */
public record TierProfile(String network, String machine, double floatMillis, OptionalDouble byteMillis) {

    private static final int ITEMS = 8;
    private static final Gson JSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    public TierProfile {
        if (!(floatMillis > 0) || (byteMillis.isPresent() && !(byteMillis.getAsDouble() > 0))) {
            throw new InvalidException(
                    "latency: " + floatMillis + " and " + byteMillis + " ms (expected: above 0), tier " + machine);
        }
    }

    /**
     * Measures on this machine, with made-up items.
     *
     * @param seconds that runs may take
     */
    public static TierProfile measured(Network network, Shapes shapes, String machine, double seconds, long seed) {
        List<Map<String, Tensor>> items = RandomItems.of(network, shapes, ITEMS, seed);
        Network other = network;
        boolean bytes = true;
        try {
            other = Int8.calibrated(Fusing.fused(network, shapes, items), shapes, items)
                    .quantized(Int8Options.DEFAULT, node -> true);
        } catch (UnsupportedException e) { // no layer can be bytes
            bytes = false;
        }
        PairedLatency latency = PairedLatency.of(network, other, items, seconds);
        return new TierProfile(
                fingerprint(network),
                machine,
                latency.firstMillis(),
                bytes ? OptionalDouble.of(latency.secondMillis()) : OptionalDouble.empty());
    }

    /** SHA-256 of the file that a network is written to. */
    public static String fingerprint(Network network) {
        return new Fingerprint().add(network).hex();
    }

    public String json() {
        JsonObject json = new JsonObject();
        json.addProperty("network_sha256", network);
        json.addProperty("machine", machine);
        json.addProperty("float_ms", floatMillis);
        byteMillis.ifPresent(millis -> json.addProperty("int8_ms", millis));
        return JSON.toJson(json);
    }

    /** @throws MalformedException if it is no profile */
    public static TierProfile parse(String json) {
        try {
            JsonObject object = JsonParser.parseString(json).getAsJsonObject();
            return new TierProfile(
                    member(object, "network_sha256").getAsString(),
                    member(object, "machine").getAsString(),
                    member(object, "float_ms").getAsDouble(),
                    object.has("int8_ms")
                            ? OptionalDouble.of(member(object, "int8_ms").getAsDouble())
                            : OptionalDouble.empty());
        } catch (JsonParseException | IllegalStateException | NumberFormatException e) {
            throw new MalformedException(
                    "profile: " + e.getMessage() + " (expected: JSON as `narrows shrink profile` writes it)", e);
        }
    }

    private static JsonElement member(JsonObject object, String name) {
        JsonElement member = object.get(name);
        if (member == null) {
            throw new MalformedException("profile: " + object.keySet() + " (expected: \"" + name
                    + "\" among them, as `narrows shrink profile` writes it)");
        }
        return member;
    }
}
