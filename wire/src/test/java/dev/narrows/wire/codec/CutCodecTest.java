package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.WireTensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CutCodecTest {

    private static final TensorSpec SOUND = new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, 4L));
    private static final TensorSpec DOUBLES = new TensorSpec("d", DType.FLOAT64, List.of(-1L));
    private static final TensorSpec COUNT = new TensorSpec("n", DType.INT32, List.of());
    private static final List<TensorSpec> CUT = List.of(SOUND, DOUBLES, COUNT);

    private static Map<String, Tensor> values() {
        return Map.of(
                "pcm", Tensor.of(new float[] {0, 0.5f, -1, 1f / 32768, 0.25f, 32767 / 32768f, 0, 0}, 2, 4),
                "d", Tensor.of(new double[] {1, -2.5, 1e-3}, 3),
                "n", Tensor.of(new int[] {7}));
    }

    @Test
    void raw_anyTensors_comeBackBitForBit() {
        CutCodec codec = Codecs.raw(CUT);

        List<WireTensor> coded = codec.encode(values());
        Map<String, Tensor> back = Codecs.read(codec.toJson(), CUT).decode(coded);

        assertThat(coded).extracting(WireTensor::datatype).containsExactly("FP32", "FP64", "INT32");
        assertThat(CutCodec.dataBytes(coded)).isEqualTo(32 + 24 + 4);
        values().forEach((name, value) ->
                assertThat(CodecSamples.named(name, back).sameBits(value)).isTrue());
    }

    @Test
    void fp16_floats_travelAsHalves() {
        CutCodec codec = Codecs.fp16(CUT);

        List<WireTensor> coded = codec.encode(values());
        Map<String, Tensor> back = Codecs.read(codec.toJson(), CUT).decode(coded);

        assertThat(coded).extracting(WireTensor::datatype).containsExactly("FP16", "FP16", "INT32");
        assertThat(coded.get(0).shape()).containsExactly(2L, 4L);
        assertThat(coded.get(0).data().getShort(2)).isEqualTo((short) 0x3800); // 0.5, little-endian
        assertThat(CodecSamples.named("d", back)
                        .sameBits(CodecSamples.named("d", values())
                                .to(DType.FLOAT16)
                                .to(DType.FLOAT64)))
                .isTrue();
        assertThat(CodecSamples.named("pcm", back).maxAbsDifference(CodecSamples.named("pcm", values())))
                .isLessThan(0x1p-11);
    }

    @Test
    void fp16_valuesBeyondItsRange_areInvalidAndSpecialOnesTravel() {
        CutCodec codec = Codecs.fp16(List.of(SOUND));
        Tensor special =
                Tensor.of(new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 65519}, 1, 4);

        float[] back = CodecSamples.named("pcm", codec.decode(codec.encode(Map.of("pcm", special))))
                .toFloats();

        assertThat(back).containsExactly(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 65504);
        assertThatThrownBy(() -> codec.encode(Map.of("pcm", Tensor.of(new float[] {0, -65520, 0, 0}, 1, 4))))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("element 1");
        CutCodec doubles = Codecs.fp16(List.of(DOUBLES));
        assertThatThrownBy(() -> doubles.encode(Map.of("d", Tensor.of(new double[] {1e300}, 1))))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void pcm16_everySampleOfAFile_isExact() {
        TensorSpec spec = new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, 65536L));
        float[] sound = new float[65536];
        for (int sample = 0; sample < sound.length; sample++) {
            sound[sample] = (sample - 32768) / 32768f;
        }
        Tensor value = Tensor.of(sound, 1, 65536);
        CutCodec codec = Codecs.pcm16(List.of(spec));

        List<WireTensor> coded = codec.encode(Map.of("pcm", value));

        assertThat(coded.get(0).datatype()).isEqualTo("INT16");
        assertThat(CutCodec.dataBytes(coded)).isEqualTo(2 * 65536);
        assertThat(coded.get(0).data().getShort(2)).isEqualTo((short) -32767);
        assertThat(CodecSamples.named(
                                "pcm",
                                Codecs.read(codec.toJson(), List.of(spec)).decode(coded))
                        .sameBits(value))
                .isTrue();
    }

    @Test
    void pcm16_louderThanFullScale_saturatesAndNaNIsInvalid() {
        CutCodec codec = Codecs.pcm16(List.of(SOUND));

        float[] back = CodecSamples.named(
                        "pcm",
                        codec.decode(codec.encode(
                                Map.of("pcm", Tensor.of(new float[] {1, -1.5f, 3e38f, 1e-9f}, 1, 4)))))
                .toFloats();

        assertThat(back).containsExactly(32767 / 32768f, -1, 32767 / 32768f, 0);
        assertThatThrownBy(() -> codec.encode(Map.of("pcm", Tensor.of(new float[] {0, 0, Float.NaN, 0}, 1, 4))))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void encode_missingTensor_isInvalid() {
        assertThatThrownBy(() -> Codecs.raw(CUT).encode(Map.of("pcm", CodecSamples.named("pcm", values()))))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("\"d\" missing");
    }

    @Test
    void decode_missingDoubleOrStrangeTensor_isInvalid() {
        CutCodec codec = Codecs.raw(CUT);
        List<WireTensor> coded = codec.encode(values());

        assertThatThrownBy(() -> codec.decode(coded.subList(0, 2))).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> codec.decode(List.of(coded.get(0), coded.get(0), coded.get(1), coded.get(2))))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> Codecs.raw(CUT.subList(0, 2)).decode(coded))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("\"n\"");
    }

    @Test
    void decode_otherOrder_isTheSame() {
        CutCodec codec = Codecs.raw(CUT);
        List<WireTensor> coded = codec.encode(values());

        assertThat(codec.decode(List.of(coded.get(2), coded.get(0), coded.get(1))))
                .containsOnlyKeys("pcm", "d", "n");
    }

    @Test
    void read_anyMemberMissingOrOfAnotherKind_isMalformed() {
        List<TensorSpec> cut = List.of(CodecSamples.MAP);
        JsonObject good = new CutCodec("q4", List.of(CodecSamples.codec("q4"))).toJson();
        for (String member : good.keySet()) {
            for (JsonElement value : strange()) {
                JsonObject bad = good.deepCopy();
                bad.add(member, value);
                if (!member.equals("name") || !value.toString().startsWith("\"")) { // any text is a name
                    assertMalformed(bad, cut);
                }
            }
        }
        JsonObject tensor = good.getAsJsonArray("tensors").get(0).getAsJsonObject();
        for (String member : tensor.keySet()) {
            JsonObject bad = good.deepCopy();
            bad.getAsJsonArray("tensors").get(0).getAsJsonObject().remove(member);
            assertMalformed(bad, cut);
            for (JsonElement value : strange()) {
                bad.getAsJsonArray("tensors").get(0).getAsJsonObject().add(member, value);
                if (!value.equals(tensor.get(member))) {
                    assertMalformed(bad, cut);
                }
            }
        }
        assertMalformed(good, List.of());
        assertMalformed(good, List.of(new TensorSpec("map", DType.INT32, CodecSamples.MAP.shape())));
        assertMalformed(good, List.of(new TensorSpec("map", DType.FLOAT32, List.of(-1L, 5L, 7L, 6L))));
        assertMalformed(good, List.of(new TensorSpec("mop", DType.FLOAT32, CodecSamples.MAP.shape())));
    }

    private static List<JsonElement> strange() {
        JsonObject object = new JsonObject();
        object.add("x", JsonNull.INSTANCE);
        return List.of(
                JsonNull.INSTANCE,
                object,
                new JsonPrimitive("?"),
                new JsonPrimitive(-1),
                new JsonPrimitive(1e300),
                new JsonPrimitive(true),
                new com.google.gson.JsonArray());
    }

    private static void assertMalformed(JsonObject json, List<TensorSpec> cut) {
        assertThatThrownBy(() -> Codecs.read(json, cut)).as("%s", json).isInstanceOf(MalformedException.class);
    }
}
