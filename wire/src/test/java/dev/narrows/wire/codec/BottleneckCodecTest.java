package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BottleneckCodecTest {

    private static final SparseCodes SOURCE = new SparseCodes(6, 5, 7, 15);
    private static final TensorSpec SPEC = SOURCE.spec();
    private static final BottleneckCodec CODEC =
            (BottleneckCodec) CodecSamples.calibrated(Codecs.BOTTLENECK, SPEC, SOURCE.items(500, 1));

    private static WireTensor wire(List<Long> shape, byte[] bytes) {
        return new WireTensor("code", "UINT8", shape, Parameters.NONE, ByteBuffer.wrap(bytes));
    }

    private static WireTensor row(byte[] bytes) {
        return wire(List.of(1L, (long) bytes.length), bytes);
    }

    @Property(tries = 60, seed = "1")
    void decode_whatWasEncoded_isTheSame(@ForAll long seed, @ForAll @IntRange(max = 4) int items) {
        Tensor value = SOURCE.items(items, seed);

        WireTensor coded = CODEC.encode(value);

        assertThat(coded.datatype()).isEqualTo("UINT8");
        assertThat(coded.shape()).hasSize(2).first().isEqualTo((long) items);
        assertThat(coded.checked()).isSameAs(coded);
        assertThat(CODEC.decode(coded).sameBits(value)).isTrue();
    }

    @Property(tries = 300, seed = "2")
    void encode_anyModelAndSymbols_isTheReferencesCodeFromTheCheck(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int bits) {
        Random random = new Random(seed);
        Layout layout = RandomModels.layout(random);
        SymbolModel model = RandomModels.model(layout, bits, random);
        byte[] symbols = RandomModels.symbols(layout, bits, random);
        int fingerprint = random.nextInt();
        BottleneckCode item = new BottleneckCode(model, fingerprint);

        byte[] code = item.encode(symbols);

        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(ByteBuffer.allocate(4)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putInt(fingerprint)
                .array());
        crc.update(symbols);
        int check = (int) (crc.getValue() & 0x7FFFFF);
        byte[] expected = new ReferenceRans(model, (1 << 23) + check).encode(symbols);
        expected = expected[0] == 0 ? Arrays.copyOfRange(expected, 1, expected.length) : expected;
        int stored = 4 + (symbols.length * bits + 7) / 8;
        if (expected.length <= stored) {
            assertThat(code).isEqualTo(expected);
        } else {
            assertThat(code).hasSize(stored).startsWith(0, check >> 16, (byte) (check >> 8), (byte) check);
        }
        assertThat(item.decode(code, 0, code.length)).isEqualTo(symbols);
    }

    @Test
    void encode_oneItem_isAsLongAsItsCode() {
        Tensor value = SOURCE.items(20, 3);
        for (int item = 0; item < 20; item++) {
            Tensor one = value.slice(item, item + 1);
            byte[] alone = CodecSamples.bytes(CODEC.encode(one));
            assertThat(CODEC.decode(row(alone)).sameBits(one)).isTrue();
            for (int length = 0; length < alone.length; length++) {
                byte[] shorter = Arrays.copyOf(alone, length);
                assertThatThrownBy(() -> CODEC.decode(row(shorter))).isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void encode_items_areTheirCodesWithZerosBehind() {
        Tensor value = SOURCE.items(9, 4);

        WireTensor together = CODEC.encode(value);

        byte[] bytes = CodecSamples.bytes(together);
        int width = together.shape().get(1).intValue();
        int longest = 0;
        for (int item = 0; item < 9; item++) {
            byte[] alone = CodecSamples.bytes(CODEC.encode(value.slice(item, item + 1)));
            longest = Math.max(longest, alone.length);
            assertThat(Arrays.copyOfRange(bytes, item * width, (item + 1) * width))
                    .isEqualTo(Arrays.copyOf(alone, width));
        }
        assertThat(width).isEqualTo(longest);
    }

    @Test
    void decode_anythingButZerosBehindACode_isMalformed() {
        byte[] code = CodecSamples.bytes(CODEC.encode(SOURCE.items(1, 5)));
        Tensor value = CODEC.decode(row(code));

        assertThat(CODEC.decode(row(Arrays.copyOf(code, code.length + 3))).sameBits(value))
                .isTrue();
        for (int at = 0; at < 3; at++) {
            byte[] other = Arrays.copyOf(code, code.length + 3);
            other[code.length + at] = 1;
            assertThatThrownBy(() -> CODEC.decode(row(other)))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("item 0, tensor \"code\"");
        }
        assertThatThrownBy(() -> CODEC.decode(row(Arrays.copyOf(code, 10_000)))).isInstanceOf(MalformedException.class);
    }

    @Test
    void decode_anyBitChanged_isMalformed() {
        byte[] bytes = CodecSamples.bytes(CODEC.encode(SOURCE.items(1, 6)));
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] other = bytes.clone();
            other[bit / 8] ^= (byte) (1 << bit % 8);

            assertThatThrownBy(() -> CODEC.decode(row(other)))
                    .as("bit %d", bit)
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("tensor \"code\"");
        }
    }

    @Property(tries = 1000, seed = "3")
    void decode_randomBytes_isMalformed(@ForAll byte[] bytes) {
        assertThatThrownBy(() -> CODEC.decode(row(bytes))).isInstanceOf(MalformedException.class);
    }

    @Test
    void decode_codesOfOtherCodecs_areMalformed() {
        BottleneckCodec otherTables =
                (BottleneckCodec) CodecSamples.calibrated(Codecs.BOTTLENECK, SPEC, SOURCE.items(300, 99));
        // The same tables under another name: only the fingerprint tells them apart.
        BottleneckCodec otherName =
                new BottleneckCodec(new TensorSpec("other", DType.FLOAT32, SPEC.shape()), CODEC.model());
        Tensor items = SOURCE.items(2000, 7);
        for (int item = 0; item < 2000; item++) {
            byte[] code = CodecSamples.bytes(CODEC.encode(items.slice(item, item + 1)));
            for (BottleneckCodec other : List.of(otherTables, otherName)) {
                assertThatThrownBy(() -> other.decode(row(code))).isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void encode_unexpectedSymbols_areStoredInBoundedBytes() {
        float[] noise = new float[6 * 5 * 5];
        BottleneckCodec surprised = (BottleneckCodec)
                CodecSamples.calibrated(Codecs.BOTTLENECK, SPEC, Tensor.zeros(DType.FLOAT32, 50, 6, 5, 5));
        Arrays.fill(noise, 1);
        Tensor value = Tensor.of(noise, 1, 6, 5, 5);

        byte[] bytes = CodecSamples.bytes(surprised.encode(value));

        assertThat(bytes).hasSize(1 + 3 + 19).startsWith(0); // 150 symbols of 1 bit
        assertThat(surprised.decode(row(bytes)).sameBits(value)).isTrue();
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] other = bytes.clone();
            other[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> surprised.decode(row(other))).isInstanceOf(MalformedException.class);
        }
        for (int length = 0; length < bytes.length; length++) {
            byte[] shorter = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> surprised.decode(row(shorter))).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void encode_expectedSymbols_areThreeBytes() {
        TensorCodec codec = CodecSamples.calibrated(Codecs.BOTTLENECK, SPEC, Tensor.zeros(DType.FLOAT32, 50, 6, 5, 5));

        assertThat(codec.encode(Tensor.zeros(DType.FLOAT32, 1, 6, 5, 5)).shape())
                .containsExactly(1L, 3L);
    }

    @Test
    void encode_valuesThatAreNotWholeOrOutside_areRoundedAndClamped() {
        float[] values = SOURCE.items(1, 8).toFloats();
        values[0] = 2.5f;
        values[1] = 2.4f;
        values[2] = -3;
        values[3] = 300;

        float[] back = CODEC.decode(CODEC.encode(Tensor.of(values, 1, 6, 5, 5))).toFloats();

        values[0] = 3;
        values[1] = 2;
        values[2] = 0;
        values[3] = 7; // of 3 bits
        assertThat(back).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void encode_noFiniteValue_isInvalid(float value) {
        float[] values = SOURCE.items(2, 8).toFloats();
        values[200] = value;

        assertThatThrownBy(() -> CODEC.encode(Tensor.of(values, 2, 6, 5, 5)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("tensor \"code\"");
    }

    @Test
    void decode_wrongDatatypeOrShape_isRefused() {
        byte[] bytes = CodecSamples.bytes(CODEC.encode(SOURCE.items(2, 2)));
        int width = bytes.length / 2;

        for (List<Long> shape : List.of(List.<Long>of(), List.of(2L), List.of(2L, (long) width, 1L))) {
            assertThatThrownBy(() -> CODEC.decode(wire(shape, bytes))).isInstanceOf(InvalidException.class);
        }
        for (List<Long> shape : List.of(
                List.of(2L, width - 1L), List.of(1L, (long) width), List.of(0L, (long) width), List.of(3L, 1L << 60))) {
            assertThatThrownBy(() -> CODEC.decode(wire(shape, bytes))).isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> CODEC.decode(new WireTensor(
                        "code", "INT8", List.of(2L, (long) width), Parameters.NONE, ByteBuffer.wrap(bytes))))
                .isInstanceOf(InvalidException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {500_000, 1L << 31, 1L << 62, Long.MAX_VALUE})
    void decode_moreItemsThanMayBe_isInvalid(long items) {
        assertThatThrownBy(() -> CODEC.decode(wire(List.of(items, 0L), new byte[0])))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("268435456 bytes");
    }

    @Test
    void encode_noItems_isAnEmptyMessage() {
        WireTensor coded = CODEC.encode(Tensor.zeros(DType.FLOAT32, 0, 6, 5, 5));

        assertThat(coded.shape()).containsExactly(0L, 0L);
        assertThat(CODEC.decode(coded).shape()).containsExactly(0, 6, 5, 5);
    }

    @Test
    void read_itsJson_isTheSameCodec() {
        CutCodec codec = new CutCodec(Codecs.BOTTLENECK, List.of(CODEC));
        String json = codec.toJson().toString();

        CutCodec read = Codecs.read(JsonParser.parseString(json).getAsJsonObject(), List.of(SPEC));

        assertThat(read.toJson()).hasToString(json);
        Tensor value = SOURCE.items(3, 12);
        assertThat(CodecSamples.named("code", read.decode(codec.encode(Map.of("code", value))))
                        .sameBits(value))
                .isTrue();
        assertThatThrownBy(() -> Codecs.read(
                        JsonParser.parseString(json.replace("\"bits\":3", "\"bits\":4"))
                                .getAsJsonObject(),
                        List.of(SPEC)))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Codecs.read(
                        JsonParser.parseString(json).getAsJsonObject(),
                        List.of(new TensorSpec("code", DType.UINT8, SPEC.shape()))))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void read_anyMemberMissingOrOfAnotherKind_isMalformed() {
        for (String member : CODEC.toJson().keySet()) {
            for (JsonElement value : List.of(JsonNull.INSTANCE, new JsonPrimitive("?"), new JsonPrimitive(-1))) {
                JsonObject bad = new CutCodec(Codecs.BOTTLENECK, List.of(CODEC)).toJson();
                JsonObject tensor = bad.getAsJsonArray("tensors").get(0).getAsJsonObject();
                tensor.remove(member);
                assertThatThrownBy(() -> Codecs.read(bad, List.of(SPEC))).isInstanceOf(MalformedException.class);
                tensor.add(member, value);
                assertThatThrownBy(() -> Codecs.read(bad, List.of(SPEC)))
                        .as("%s: %s", member, value)
                        .isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void encode_twoTablesGivenByHand_isTheGoldenCode() {
        SymbolModel model = new SymbolModel(
                new Layout(1, 2, 1, 4),
                2,
                0,
                new byte[] {0, 1},
                new int[0],
                new byte[] {0, 1},
                List.of(
                        new FrequencyTable(new int[] {12_000, 4_000, 383, 1}, FrequencyTable.NO_ESCAPE),
                        new FrequencyTable(new int[] {16_000, 383, 1, 0}, 2)));
        TensorSpec spec = new TensorSpec("code", DType.FLOAT32, List.of(-1L, 2L, 4L));
        BottleneckCodec codec = new BottleneckCodec(spec, model);
        Tensor value = Tensor.of(
                new float[] {0, 1, 0, 2, 0, 0, 1, 0, 3, 3, 3, 3, 2, 3, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0}, 3, 2, 4);

        WireTensor coded = codec.encode(value);

        assertThat(coded.shape()).containsExactly(3L, 6L);
        assertThat(HexFormat.of().formatHex(CodecSamples.bytes(coded)))
                .isEqualTo("318a86ba9b000057597cffee03a42c960000");
        assertThat(codec.decode(coded).sameBits(value)).isTrue();
    }

    @Test
    void build_valuesThatAreNoWholeNumbers_isInvalidAndNamesThem() {
        for (float wrong : new float[] {2.5f, -1, 256, Float.NaN, Float.POSITIVE_INFINITY, 1e30f}) {
            float[] values = SOURCE.items(1, 1).toFloats();
            values[17] = wrong;
            Calibrator calibrator = new Calibrator(List.of(SPEC));
            calibrator.add(Map.of("code", SOURCE.items(1, 1)));
            assertThat(calibrator.noBottleneck()).isEmpty();
            if (Math.abs(wrong) <= Affine.MAX_VALUE) {
                calibrator.add(Map.of("code", Tensor.of(values, 1, 6, 5, 5)));

                assertThat(calibrator.noBottleneck()).isPresent();
                assertThatThrownBy(() -> calibrator.build(Codecs.BOTTLENECK))
                        .isInstanceOf(InvalidException.class)
                        .hasMessageContaining("value: " + wrong)
                        .hasMessageContaining("element 17, tensor \"code\"");
            }
        }
    }

    @Test
    void build_otherTypesAndTinyTensors_comeBack() {
        TensorSpec half = new TensorSpec("half", DType.FLOAT16, List.of(-1L, 3L));
        TensorSpec wide = new TensorSpec("wide", DType.FLOAT64, List.of(-1L, 1L));
        TensorSpec brain = new TensorSpec("brain", DType.BFLOAT16, List.of(-1L, 2L));
        TensorSpec whole = new TensorSpec("whole", DType.INT64, List.of(-1L));
        Map<String, Tensor> values = Map.of(
                "half", Tensor.of(new float[] {255, 0, 3, 1, 2, 254}, 2, 3).to(DType.FLOAT16),
                "wide", Tensor.of(new double[] {200, 17}, 2, 1),
                "brain", Tensor.of(new float[] {255, 253, 0, 1}, 2, 2).to(DType.BFLOAT16),
                "whole", Tensor.of(new long[] {Long.MIN_VALUE, 5}, 2));
        List<TensorSpec> cut = List.of(half, wide, brain, whole);
        Calibrator calibrator = new Calibrator(cut);
        calibrator.add(values);
        CutCodec codec = calibrator.build(Codecs.BOTTLENECK);

        List<WireTensor> coded = codec.encode(values);

        assertThat(coded).extracting(WireTensor::datatype).containsExactly("UINT8", "UINT8", "UINT8", "INT64");
        Map<String, Tensor> back = Codecs.read(codec.toJson(), cut).decode(coded);
        values.forEach(
                (name, value) -> assertThat(CodecSamples.named(name, back).sameBits(value))
                        .as(name)
                        .isTrue());
    }
}
