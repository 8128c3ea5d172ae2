package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonParser;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.WireTensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class CalibratorTest {

    @SuppressWarnings("unused") // the source of parameters below
    static final List<String> NAMES = Codecs.QUANTISING;

    @ParameterizedTest
    @FieldSource("NAMES")
    void build_sameItems_givesTheSameCodecAndItsJsonTheSameBytes(String name) {
        List<TensorSpec> cut = List.of(CodecSamples.MAP);
        Calibrator one = new Calibrator(cut);
        one.add(Map.of("map", CodecSamples.map(16, 7)));
        Calibrator other = new Calibrator(cut);
        for (int item = 0; item < 16; item++) {
            other.add(Map.of("map", CodecSamples.map(16, 7).slice(item, item + 1)));
        }

        CutCodec codec = one.build(name);
        String json = codec.toJson().toString();
        CutCodec read = Codecs.read(JsonParser.parseString(json).getAsJsonObject(), cut);

        assertThat(other.build(name).toJson()).hasToString(json);
        assertThat(read.toJson()).hasToString(json);
        Map<String, Tensor> values = Map.of("map", CodecSamples.map(3, 99));
        List<WireTensor> coded = codec.encode(values);
        assertThat(CodecSamples.bytes(read.encode(values).get(0))).isEqualTo(CodecSamples.bytes(coded.get(0)));
        assertThat(CodecSamples.named("map", read.decode(coded))
                        .sameBits(CodecSamples.named("map", codec.decode(coded))))
                .isTrue();
    }

    @Test
    void build_smoothSparseMaps_saveFarMoreThanTheirBits() {
        TensorSpec spec = new TensorSpec("map", DType.FLOAT32, List.of(-1L, 8L, 16L, 16L));
        Tensor seen = Tensor.of(CodecSamples.afterReLU(24, 8, 16, 16, new Random(1)), 24, 8, 16, 16);
        Tensor unseen = Tensor.of(CodecSamples.afterReLU(8, 8, 16, 16, new Random(2)), 8, 8, 16, 16);
        QuantisedCodec codec = (QuantisedCodec) CodecSamples.calibrated("q8", spec, seen);

        double bytes = CodecSamples.bytes(codec.encode(unseen)).length / 8.0;

        assertThat(codec.model().tables()).hasSizeGreaterThan(1);
        assertThat(bytes).isLessThan(8 * 16 * 16 * 0.75).isLessThan(orderZeroBytes(codec, unseen));
    }

    private static double orderZeroBytes(QuantisedCodec codec, Tensor values) {
        int size = codec.model().layout().elements();
        int items = (int) values.dim(0);
        int[] counts = new int[256];
        for (int item = 0; item < items; item++) {
            for (byte symbol : codec.affine().quantise(values.toFloats(), item * size)) {
                counts[symbol & 0xFF]++;
            }
        }
        double bits = Logarithms.countLogCount(items * size);
        for (int count : counts) {
            bits -= Logarithms.countLogCount(count);
        }
        return bits / 8 / items;
    }

    @Test
    void build_whiteNoise_keepsOneTableWithoutContexts() {
        float[] noise = new float[16 * 210];
        Random random = new Random(4);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = random.nextFloat();
        }

        SymbolModel model = ((QuantisedCodec)
                        CodecSamples.calibrated("q4", CodecSamples.MAP, Tensor.of(noise, 16, 5, 6, 7)))
                .model();

        assertThat(model.tables()).hasSize(1);
        assertThat(model.thresholds()).isEmpty();
    }

    @Test
    void build_oneChannelAlwaysZero_costsNothing() {
        TensorSpec wide = new TensorSpec("map", DType.FLOAT32, List.of(-1L, 2L, 64L, 64L));
        TensorSpec narrow = new TensorSpec("map", DType.FLOAT32, List.of(-1L, 1L, 64L, 64L));
        float[] both = CodecSamples.afterReLU(6, 2, 64, 64, new Random(6)); // channel 0 is zero
        float[] busy = new float[6 * 64 * 64];
        for (int item = 0; item < 6; item++) {
            System.arraycopy(both, (2 * item + 1) * 4096, busy, item * 4096, 4096);
        }

        int withZeros = length("q8", wide, Tensor.of(both, 6, 2, 64, 64));
        int without = length("q8", narrow, Tensor.of(busy, 6, 1, 64, 64));

        assertThat(withZeros - without).isLessThan(6 * 4); // 4096 zeros in under 4 bytes
    }

    private static int length(String name, TensorSpec spec, Tensor items) {
        return CodecSamples.bytes(CodecSamples.calibrated(name, spec, items).encode(items)).length;
    }

    @Test
    void build_valuesNeverSeen_codeAndComeBackSaturated() {
        TensorCodec codec = CodecSamples.codec("q8");
        float[] values = new float[210];
        Random random = new Random(8);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() * 100 - 50;
        }

        Tensor back = codec.decode(codec.encode(Tensor.of(values, 1, 5, 6, 7)));

        Affine affine = ((QuantisedCodec) codec).affine();
        float most = affine.low()[0] + 255 * affine.step()[0];
        for (int i = 0; i < values.length; i++) {
            float expected = Math.max(0, Math.min(most, values[i]));
            assertThat(back.toFloats()[i]).isCloseTo(expected, within(affine.step()[0] * 0.501f));
        }
    }

    @Test
    void build_channelsOfUnlikeRanges_giveEachItsOwn() {
        TensorSpec spec = new TensorSpec("map", DType.FLOAT32, List.of(-1L, 5L, 6L, 7L));
        Tensor items = CodecSamples.map(16, 7);
        float[] values = items.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] *= i / 42 % 5 == 4 ? 100 : 1;
        }

        QuantisedCodec codec = (QuantisedCodec) CodecSamples.calibrated("q4", spec, Tensor.of(values, 16, 5, 6, 7));

        assertThat(codec.affine().step()).hasSize(5);
        assertThat(((QuantisedCodec) CodecSamples.codec("q4")).affine().step()).hasSize(1);
        float[] back =
                codec.decode(codec.encode(Tensor.of(values, 16, 5, 6, 7))).toFloats();
        for (int i = 0; i < values.length; i++) {
            assertThat(Math.abs(back[i] - values[i]))
                    .isLessThanOrEqualTo(codec.affine().step()[i / 42 % 5] * 0.501f);
        }
    }

    @Test
    void build_rangeSetByOutliers_isNarrowedAtTwoBits() {
        float[] values = CodecSamples.map(256, 7).toFloats();
        for (int channel = 0; channel < 5; channel++) {
            values[100 + 42 * channel] = 16; // the others are below 4
        }

        for (String name : Codecs.QUANTISING) {
            QuantisedCodec codec =
                    (QuantisedCodec) CodecSamples.calibrated(name, CodecSamples.MAP, Tensor.of(values, 256, 5, 6, 7));
            int largest = (1 << codec.model().bits()) - 1;
            float top = codec.affine().low()[0] + largest * codec.affine().step()[0];
            if (codec.model().bits() > 2) {
                assertThat(top).as(name).isCloseTo(16, within(0.01f));
            } else {
                assertThat(top).as(name).isLessThan(8);
            }
        }
    }

    @Test
    void build_otherFloats_comeBackAsTheirType() {
        for (DType dtype : new DType[] {DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64}) {
            TensorSpec spec = new TensorSpec("map", dtype, CodecSamples.MAP.shape());
            Tensor items = CodecSamples.map(8, 7).to(dtype);
            TensorCodec codec = CodecSamples.calibrated("q8", spec, items);

            Tensor back = codec.decode(codec.encode(items));

            float step = ((QuantisedCodec) codec).affine().step()[0];
            assertThat(back.dtype()).isEqualTo(dtype);
            // Half a step, and half a unit of bfloat16 at values below 8.
            assertThat(back.maxAbsDifference(items)).isLessThan(step * 0.51 + 0x1p-6);
        }
    }

    @Test
    void build_tensorsOfOtherTypesAndTinyOnes_travelRaw() {
        TensorSpec size = new TensorSpec("size", DType.INT64, List.of(2L));
        TensorSpec scale = new TensorSpec("scale", DType.FLOAT32, List.of(-1L, 3L));
        List<TensorSpec> cut = List.of(size, CodecSamples.MAP, scale);
        Map<String, Tensor> values = Map.of(
                "size", Tensor.of(new long[] {6, Long.MIN_VALUE}, 2),
                "map", CodecSamples.map(2, 3),
                "scale", Tensor.of(new float[] {1, Float.NaN, 3, 4, 5, 6}, 2, 3));
        Calibrator calibrator = new Calibrator(cut);
        calibrator.add(values);

        CutCodec codec = calibrator.build("q4");
        List<WireTensor> coded = codec.encode(values);
        Map<String, Tensor> back = Codecs.read(codec.toJson(), cut).decode(coded);

        assertThat(coded).extracting(WireTensor::datatype).containsExactly("INT64", "BYTES", "FP32");
        assertThat(CodecSamples.named("size", back).sameBits(CodecSamples.named("size", values)))
                .isTrue();
        assertThat(CodecSamples.named("scale", back).sameBits(CodecSamples.named("scale", values)))
                .isTrue();
    }

    @Test
    void build_ranksOneToFive_comeBack() {
        for (List<Long> shape : List.of(
                List.of(40L),
                List.of(-1L, 40L),
                List.of(-1L, 4L, 10L),
                List.of(2L, 20L),
                List.of(-1L, 2L, 2L, 2L, 5L))) {
            TensorSpec spec = new TensorSpec("x", DType.FLOAT32, shape);
            long[] axes =
                    shape.stream().mapToLong(axis -> axis == -1 ? 3 : axis).toArray();
            int elements = (int) java.util.Arrays.stream(axes).reduce(1, (a, b) -> a * b);
            float[] values = new float[elements];
            for (int i = 0; i < elements; i++) {
                values[i] = (float) Math.sin(i);
            }
            Tensor items = Tensor.of(values, axes);
            TensorCodec codec = CodecSamples.calibrated("q8", spec, items);

            WireTensor coded = codec.encode(items);

            assertThat(coded.shape()).containsExactly(shape.get(0) == -1 ? 3L : 1L);
            assertThat(codec.decode(coded).maxAbsDifference(items)).isLessThan(0.51 * 2.02 / 255);
        }
    }

    @Test
    void build_oneElement_comesBack() {
        TensorSpec spec = new TensorSpec("x", DType.FLOAT64, List.of(1L, 1L));
        Layout layout = Layout.of(spec);
        SymbolModel model = ModelFitter.fit(layout, 8, List.of(new byte[] {(byte) 200}));
        TensorCodec codec =
                new QuantisedCodec(spec, Affine.spanning(layout, 8, new float[] {0}, new float[] {255}), model);

        for (double value : new double[] {200, 0, 255, 17}) {
            Tensor one = Tensor.of(new double[] {value}, 1, 1);
            assertThat(codec.decode(codec.encode(one)).sameBits(one)).isTrue();
        }
    }

    @Test
    void build_emptyBatch_isAnEmptyMessage() {
        TensorCodec codec = CodecSamples.codec("q4");

        WireTensor coded = codec.encode(Tensor.zeros(DType.FLOAT32, 0, 5, 6, 7));

        assertThat(coded.data().limit()).isZero();
        assertThat(codec.decode(coded).shape()).containsExactly(0, 5, 6, 7);
    }

    @Test
    void build_hundredsOfChannels_keepsTheTablesSmall() {
        TensorSpec spec = new TensorSpec("map", DType.FLOAT32, List.of(-1L, 300L, 4L, 4L));
        Tensor items = Tensor.of(CodecSamples.afterReLU(8, 300, 4, 4, new Random(9)), 8, 300, 4, 4);

        TensorCodec codec = CodecSamples.calibrated("q8", spec, items);

        assertThat(((QuantisedCodec) codec).model().tables()).hasSizeLessThanOrEqualTo(SymbolModel.MAX_TABLES);
        assertThat(codec.toJson().toString()).hasSizeLessThan(16_000);
    }

    @Test
    void build_moreThanIsKept_coversTheRangeOfAll() {
        TensorSpec spec = new TensorSpec("map", DType.FLOAT32, List.of(-1L, 1L, 1024L, 2048L));
        Calibrator calibrator = new Calibrator(List.of(spec));
        for (int item = 0; item < 12; item++) { // 2 Mi elements each, 16 Mi are kept
            float[] values = new float[1024 * 2048];
            values[item] = 1 + item;
            calibrator.add(Map.of("map", Tensor.of(values, 1, 1, 1024, 2048)));
        }

        QuantisedCodec codec = (QuantisedCodec) calibrator.build("q2").tensors().get(0);

        assertThat(codec.affine().step()).containsExactly(4);
    }

    @Test
    void build_withoutItems_isInvalid() {
        Calibrator calibrator = new Calibrator(List.of(CodecSamples.MAP));
        assertThatThrownBy(() -> calibrator.build("q4")).isInstanceOf(InvalidException.class);

        calibrator.add(Map.of("map", Tensor.zeros(DType.FLOAT32, 0, 5, 6, 7)));
        assertThatThrownBy(() -> calibrator.build("q4")).isInstanceOf(InvalidException.class);

        calibrator.add(Map.of("map", CodecSamples.map(1, 1)));
        assertThat(calibrator.build("q4").name()).isEqualTo("q4");
        assertThatThrownBy(() -> calibrator.build("q5")).isInstanceOf(InvalidException.class);
    }

    @Test
    void build_axisOfAnyLength_isInvalid() {
        Calibrator calibrator = new Calibrator(List.of(new TensorSpec("x", DType.FLOAT32, List.of(-1L, -1L, 4L))));

        assertThatThrownBy(() -> {
                    calibrator.add(Map.of("x", Tensor.zeros(DType.FLOAT32, 1, 2, 4)));
                    calibrator.build("q4");
                })
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("axis 1");
    }

    @Test
    void add_missingTensorOrNoFiniteValue_isInvalid() {
        Calibrator calibrator = new Calibrator(List.of(CodecSamples.MAP));
        float[] values = new float[210];
        values[3] = Float.NaN;

        assertThatThrownBy(() -> calibrator.add(Map.of())).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> calibrator.add(Map.of("map", Tensor.of(values, 1, 5, 6, 7))))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("NaN");
    }
}
