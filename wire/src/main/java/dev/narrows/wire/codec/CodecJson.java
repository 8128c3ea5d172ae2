package dev.narrows.wire.codec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Codecs as JSON, and back with everything checked. {@code docs/codecs.md} gives the members. */
final class CodecJson {

    private static final String CODEC = "codec";
    private static final String TENSOR = "tensor";
    private static final String BITS = "bits";
    private static final String LOW = "low";
    private static final String STEP = "step";
    private static final String START = "start";
    private static final String GROUPS = "groups";
    private static final String THRESHOLDS = "thresholds";
    private static final String CELLS = "cells";
    private static final String TABLES = "tables";
    private static final String TABLE_COUNT = "table_count";
    private static final String FINGERPRINT = "fingerprint";

    private CodecJson() {}

    /** What every tensor's codec begins with. */
    static JsonObject start(String kind, TensorSpec spec) {
        JsonObject json = new JsonObject();
        json.addProperty(CODEC, kind);
        json.addProperty(TENSOR, spec.name());
        return json;
    }

    static JsonObject write(QuantisedCodec codec) {
        JsonObject json = start(QuantisedCodec.KIND, codec.spec());
        json.addProperty(BITS, codec.model().bits());
        json.addProperty(LOW, base64(codec.affine().low()));
        json.addProperty(STEP, base64(codec.affine().step()));
        write(codec.model(), json);
        json.addProperty(FINGERPRINT, hex(Fingerprint.of(codec.spec(), codec.affine(), codec.model())));
        return json;
    }

    static JsonObject write(BottleneckCodec codec) {
        JsonObject json = start(BottleneckCodec.KIND, codec.spec());
        json.addProperty(BITS, codec.model().bits());
        write(codec.model(), json);
        Affine affine = BottleneckCodec.whole(codec.model());
        json.addProperty(FINGERPRINT, hex(Fingerprint.of(codec.spec(), affine, codec.model())));
        return json;
    }

    private static void write(SymbolModel model, JsonObject json) {
        json.addProperty(START, model.start());
        json.addProperty(GROUPS, base64(model.groups()));
        JsonArray thresholds = new JsonArray();
        for (int threshold : model.thresholds()) {
            thresholds.add(threshold);
        }
        json.add(THRESHOLDS, thresholds);
        json.addProperty(CELLS, base64(model.cells()));
        json.addProperty(TABLE_COUNT, model.tables().size());
        json.addProperty(TABLES, base64(Fingerprint.tables(model)));
    }

    /**
     * The codec of {@code spec} that {@code json} describes.
     *
     * @throws MalformedException if it describes none, or that of another tensor
     */
    static TensorCodec read(JsonObject json, TensorSpec spec) {
        try {
            String tensor = text(json, TENSOR);
            if (!tensor.equals(spec.name())) {
                throw new MalformedException("tensor: \"" + tensor + "\" (expected: \"" + spec.name() + "\")");
            }
            String kind = text(json, CODEC);
            return switch (kind) {
                case RawCodec.KIND -> new RawCodec(spec);
                case HalfCodec.KIND -> new HalfCodec(requireType(HalfCodec.takes(spec.dtype()), spec));
                case PcmCodec.KIND -> new PcmCodec(requireType(PcmCodec.takes(spec.dtype()), spec));
                case QuantisedCodec.KIND ->
                    readQuantised(json, requireType(spec.dtype().isFloat(), spec));
                case BottleneckCodec.KIND ->
                    readBottleneck(json, requireType(spec.dtype().isFloat(), spec));
                default ->
                    throw new MalformedException(
                            "codec: \"" + kind + "\" (expected: raw, fp16, pcm16, quantised or bottleneck)");
            };
        } catch (IllegalStateException | IllegalArgumentException e) { // gson: no array; Base64: none
            throw new MalformedException(
                    "codec: " + e.getMessage() + " (expected: other JSON), tensor \"" + spec.name() + "\"", e);
        }
    }

    private static TensorCodec readQuantised(JsonObject json, TensorSpec spec) {
        SymbolModel model = model(json, spec);
        Affine affine = new Affine(model.layout(), model.bits(), floats(json, LOW), floats(json, STEP));
        requireFingerprint(json, spec, affine, model);
        return new QuantisedCodec(spec, affine, model);
    }

    private static TensorCodec readBottleneck(JsonObject json, TensorSpec spec) {
        SymbolModel model = model(json, spec);
        requireFingerprint(json, spec, BottleneckCodec.whole(model), model);
        return new BottleneckCodec(spec, model);
    }

    private static SymbolModel model(JsonObject json, TensorSpec spec) {
        int bits = integer(member(json, BITS), BITS, 1, 8);
        JsonArray listed = member(json, THRESHOLDS).getAsJsonArray();
        int[] thresholds = new int[Math.min(listed.size(), SymbolModel.MAX_BINS)]; // one too many is refused there
        for (int i = 0; i < thresholds.length; i++) {
            thresholds[i] = integer(listed.get(i), THRESHOLDS, 1, 2 << bits);
        }
        int count = integer(member(json, TABLE_COUNT), TABLE_COUNT, 1, SymbolModel.MAX_TABLES);
        VarInt.Reader in = new VarInt.Reader(bytes(json, TABLES));
        List<FrequencyTable> tables = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tables.add(FrequencyTable.read(in, 1 << bits));
        }
        in.requireEnd();
        return new SymbolModel(
                Layout.of(spec),
                bits,
                integer(member(json, START), START, 0, (1 << bits) - 1),
                bytes(json, GROUPS),
                thresholds,
                bytes(json, CELLS),
                tables);
    }

    private static void requireFingerprint(JsonObject json, TensorSpec spec, Affine affine, SymbolModel model) {
        String found = text(json, FINGERPRINT);
        String expected = hex(Fingerprint.of(spec, affine, model));
        if (!found.equals(expected)) {
            throw new MalformedException("fingerprint: " + found + " (expected: " + expected + "), codec of " + spec);
        }
    }

    private static TensorSpec requireType(boolean fits, TensorSpec spec) {
        if (!fits) {
            throw new MalformedException("codec: not one for the type of " + spec + " (expected: one that is)");
        }
        return spec;
    }

    static JsonElement member(JsonObject json, String name) {
        JsonElement member = json.get(name);
        if (member == null) {
            throw new MalformedException("member \"" + name + "\": missing (expected: a value), codec");
        }
        return member;
    }

    static String text(JsonObject json, String name) {
        JsonElement value = member(json, name);
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw new MalformedException(name + ": " + value + " (expected: a string)");
        }
        return value.getAsString();
    }

    private static int integer(JsonElement value, String name, int least, int most) {
        boolean number = value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
        double found = number ? value.getAsDouble() : Double.NaN;
        if (!(found >= least && found <= most && found == Math.rint(found))) {
            throw new MalformedException(
                    name + ": " + value + " (expected: an integer of " + least + " to " + most + ")");
        }
        return (int) found;
    }

    private static byte[] bytes(JsonObject json, String name) {
        return Base64.getDecoder().decode(text(json, name));
    }

    private static float[] floats(JsonObject json, String name) {
        byte[] bytes = bytes(json, name);
        if (bytes.length % Float.BYTES != 0) {
            throw new MalformedException(name + ": " + bytes.length + " bytes (expected: a multiple of 4)");
        }
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String base64(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return base64(bytes.array());
    }

    private static String hex(int value) {
        String digits = Integer.toHexString(value);
        return "00000000".substring(digits.length()) + digits;
    }
}
