package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantisedCodecTest {

    @SuppressWarnings("unused") // the source of parameters below
    static final List<String> NAMES = Codecs.QUANTISING;

    @Property(tries = 60, seed = "7")
    void decode_whatWasEncoded_isTheQuantisedValues(
            @ForAll long seed, @ForAll @IntRange(max = 3) int which, @ForAll @IntRange(max = 4) int items) {
        QuantisedCodec codec = (QuantisedCodec) CodecSamples.codec(Codecs.QUANTISING.get(which));
        Tensor value = CodecSamples.map(items, seed);

        WireTensor coded = codec.encode(value);
        Tensor back = codec.decode(coded);

        assertThat(coded.datatype()).isEqualTo("BYTES");
        assertThat(coded.shape()).containsExactly((long) items);
        assertThat(back.shape()).isEqualTo(value.shape());
        assertThat(back.toFloats()).isEqualTo(quantised(codec, value));
    }

    private static float[] quantised(QuantisedCodec codec, Tensor value) {
        float[] values = value.toFloats();
        int largest = (1 << codec.model().bits()) - 1;
        float low = codec.affine().low()[0];
        float step = codec.affine().step()[0];
        for (int i = 0; i < values.length; i++) {
            int symbol = (int) Math.floor((values[i] - low) * (1 / step) + 0.5f);
            values[i] = low + Math.max(0, Math.min(largest, symbol)) * step;
        }
        return values;
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void encode_items_codesEachOnItsOwn(String name) {
        TensorCodec codec = CodecSamples.codec(name);
        Tensor value = CodecSamples.map(3, 1);

        byte[] together = CodecSamples.bytes(codec.encode(value));

        byte[] apart = new byte[0];
        for (int item = 0; item < 3; item++) {
            byte[] one = CodecSamples.bytes(codec.encode(value.slice(item, item + 1)));
            apart = Arrays.copyOf(apart, apart.length + one.length);
            System.arraycopy(one, 0, apart, apart.length - one.length, one.length);
        }
        assertThat(together).isEqualTo(apart);
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void decode_anyByteChanged_isMalformed(String name) {
        TensorCodec codec = CodecSamples.codec(name);
        WireTensor coded = codec.encode(CodecSamples.map(2, 2));
        byte[] bytes = CodecSamples.bytes(coded);
        Random random = new Random(3);
        for (int at = 0; at < bytes.length; at++) {
            for (int flip : new int[] {1, 0x80, 0xFF, 1 + random.nextInt(255)}) {
                byte[] other = bytes.clone();
                other[at] ^= (byte) flip;

                assertThatThrownBy(() -> codec.decode(CodecSamples.with(coded, other)))
                        .as("byte %d, flip %d", at, flip)
                        .isInstanceOf(MalformedException.class)
                        .hasMessageContaining("tensor \"map\"");
            }
        }
    }

    @Test
    void decode_anyLength_isMalformed() {
        TensorCodec codec = CodecSamples.codec("q4");
        WireTensor coded = codec.encode(CodecSamples.map(2, 2));
        byte[] bytes = CodecSamples.bytes(coded);
        for (int length = 0; length <= bytes.length + 9; length++) {
            if (length != bytes.length) {
                byte[] other = Arrays.copyOf(bytes, length);

                assertThatThrownBy(() -> codec.decode(CodecSamples.with(coded, other)))
                        .isInstanceOf(MalformedException.class);
            }
        }
    }

    @Property(tries = 1000, seed = "8")
    void decode_randomBytes_isMalformed(@ForAll byte[] bytes, @ForAll @IntRange(max = 3) int which) {
        TensorCodec codec = CodecSamples.codec(Codecs.QUANTISING.get(which));
        byte[] framed = new byte[bytes.length + 5];
        framed[0] = (byte) (bytes.length + 1);
        System.arraycopy(bytes, 0, framed, 5, bytes.length); // behind mode 0
        WireTensor coded = new WireTensor("map", "BYTES", List.of(1L), Parameters.NONE, ByteBuffer.wrap(framed));

        assertThatThrownBy(() -> codec.decode(coded)).isInstanceOf(MalformedException.class);
    }

    @Test
    void decode_codesWithExchangedItems_areStillEachItem() {
        TensorCodec codec = CodecSamples.codec("q8");
        Tensor value = CodecSamples.map(2, 9);
        byte[] first = CodecSamples.bytes(codec.encode(value.slice(0, 1)));
        byte[] second = CodecSamples.bytes(codec.encode(value.slice(1, 2)));
        byte[] both = Arrays.copyOf(second, first.length + second.length);
        System.arraycopy(first, 0, both, second.length, first.length);

        Tensor back = codec.decode(CodecSamples.with(codec.encode(value), both));

        assertThat(back.slice(1, 2).sameBits(codec.decode(codec.encode(value)).slice(0, 1)))
                .isTrue();
    }

    @Test
    void decode_anotherCodecsCode_isMalformed() {
        Tensor value = CodecSamples.map(1, 4);
        WireTensor coded = CodecSamples.codec("q4").encode(value);

        assertThatThrownBy(() -> CodecSamples.codec("q6").decode(coded)).isInstanceOf(MalformedException.class);
        // Same tables, another name: only the fingerprint tells them apart.
        TensorSpec other = new TensorSpec("other", DType.FLOAT32, CodecSamples.MAP.shape());
        assertThatThrownBy(() -> CodecSamples.calibrated("q4", other, CodecSamples.map(16, 7))
                        .decode(coded))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("checksum");
    }

    @Test
    void decode_wrongDatatypeOrShape_isInvalid() {
        TensorCodec codec = CodecSamples.codec("q4");
        WireTensor coded = codec.encode(CodecSamples.map(2, 2));

        for (List<Long> shape : List.of(List.<Long>of(), List.of(2L, 1L))) {
            assertThatThrownBy(() -> codec.decode(new WireTensor("map", "BYTES", shape, Parameters.NONE, coded.data())))
                    .isInstanceOf(InvalidException.class);
        }
        assertThatThrownBy(
                        () -> codec.decode(new WireTensor("map", "FP32", coded.shape(), Parameters.NONE, coded.data())))
                .isInstanceOf(InvalidException.class);
        for (long items : new long[] {0, 1, 3}) {
            assertThatThrownBy(() ->
                            codec.decode(new WireTensor("map", "BYTES", List.of(items), Parameters.NONE, coded.data())))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {400_000, 1L << 31, 1L << 62, Long.MAX_VALUE})
    void decode_moreItemsThanMayBe_isInvalid(long items) {
        TensorCodec codec = CodecSamples.codec("q4");
        WireTensor bomb =
                new WireTensor("map", "BYTES", List.of(items), Parameters.NONE, ByteBuffer.wrap(new byte[100]));

        assertThatThrownBy(() -> codec.decode(bomb))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("268435456 bytes");
    }

    @Test
    void encode_zeros_areThirteenBytesAnItem() {
        TensorCodec codec = CodecSamples.calibrated("q4", CodecSamples.MAP, Tensor.zeros(DType.FLOAT32, 8, 5, 6, 7));

        WireTensor coded = codec.encode(Tensor.zeros(DType.FLOAT32, 2, 5, 6, 7));

        assertThat(CodecSamples.bytes(coded)).hasSize(2 * QuantisedCodec.SHORTEST_BYTES);
        assertThat(codec.decode(coded).toFloats()).containsOnly(0);
    }

    @Test
    void encode_noise_isStoredAtItsBits() {
        TensorCodec codec = CodecSamples.calibrated("q4", CodecSamples.MAP, Tensor.zeros(DType.FLOAT32, 8, 5, 6, 7));
        QuantisedCodec quantised = (QuantisedCodec) codec;
        // All-zero statistics, a range that has been given by hand: every symbol is an escape.
        Affine wide = Affine.spanning(quantised.model().layout(), 4, new float[] {0}, new float[] {1});
        TensorCodec surprised = new QuantisedCodec(CodecSamples.MAP, wide, quantised.model());
        float[] noise = new float[5 * 6 * 7];
        Random random = new Random(5);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = random.nextFloat();
        }

        WireTensor coded = surprised.encode(Tensor.of(noise, 1, 5, 6, 7));

        assertThat(CodecSamples.bytes(coded))
                .hasSize(4 + 1 + 105 + 4)
                .contains(1, org.assertj.core.data.Index.atIndex(4));
        assertThat(surprised.decode(coded).maxAbsDifference(Tensor.of(noise, 1, 5, 6, 7)))
                .isLessThanOrEqualTo(0.5 / 15 + 1e-6);
    }

    @Test
    void encode_otherShapeOrType_isInvalid() {
        TensorCodec codec = CodecSamples.codec("q4");

        assertThatThrownBy(() -> codec.encode(Tensor.zeros(DType.FLOAT32, 1, 5, 7, 6)))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> codec.encode(Tensor.zeros(DType.FLOAT64, 1, 5, 6, 7)))
                .isInstanceOf(InvalidException.class);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void encode_noFiniteValue_isInvalid(float value) {
        float[] values = new float[2 * 210];
        values[400] = value;

        assertThatThrownBy(() -> CodecSamples.codec("q8").encode(Tensor.of(values, 2, 5, 6, 7)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("tensor \"map\"");
    }

    @Test
    void encode_eightThreadsAtOnce_giveTheSameCode() {
        TensorCodec codec = CodecSamples.codec("q6");
        Tensor value = CodecSamples.map(4, 11);
        byte[] expected = CodecSamples.bytes(codec.encode(value));
        Tensor decoded = CodecSamples.codec("q6").decode(codec.encode(value));

        boolean same = java.util.stream.IntStream.range(0, 64)
                .parallel()
                .allMatch(i -> Arrays.equals(expected, CodecSamples.bytes(codec.encode(value)))
                        && codec.decode(codec.encode(value)).sameBits(decoded));

        assertThat(same).isTrue();
    }
}
