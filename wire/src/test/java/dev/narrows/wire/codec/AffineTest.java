package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AffineTest {

    private static final Layout LINE = new Layout(1, 1, 1, 64);

    @Property(tries = 500, seed = "5")
    void quantise_valuesInRange_comeBackWithinHalfAStep(
            @ForAll @FloatRange(min = -1e6f, max = 1e6f) float a,
            @ForAll @FloatRange(min = -1e6f, max = 1e6f) float b,
            @ForAll @IntRange(min = 2, max = 8) int bits,
            @ForAll long seed) {
        float min = Math.min(a, b);
        float max = Math.max(a, b);
        Affine affine = Affine.spanning(LINE, bits, new float[] {min}, new float[] {max});
        float[] values = new float[LINE.elements()];
        Random random = new Random(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(min, Math.min(max, min + random.nextFloat() * (max - min)));
        }
        values[0] = min;
        values[1] = max;

        float[] back = roundTrip(affine, values);

        // Half a step, and what float32 loses in three operations on values of this size.
        double tolerance = affine.step()[0] * 0.5 + 4 * Math.ulp(Math.max(Math.abs(min), Math.abs(max)) * 2);
        for (int i = 0; i < values.length; i++) {
            assertThat((double) back[i]).isCloseTo(values[i], within(tolerance));
        }
    }

    @Property(tries = 300, seed = "6")
    void spanning_rangeWithZero_hasZeroExactly(
            @ForAll @FloatRange(min = 0, max = 1e30f) float below,
            @ForAll @FloatRange(min = 0, max = 1e30f) float above,
            @ForAll @IntRange(min = 2, max = 8) int bits) {
        Affine affine = Affine.spanning(LINE, bits, new float[] {-below}, new float[] {above});
        float[] zeros = new float[LINE.elements()];

        assertThat(roundTrip(affine, zeros)).isEqualTo(zeros);
    }

    @Test
    void spanning_afterReLU_hasZeroAsSymbolZero() {
        Affine affine = Affine.spanning(LINE, 8, new float[] {0}, new float[] {6});

        assertThat(affine.low()).containsExactly(0);
        assertThat(affine.step()).containsExactly(6f / 255);
    }

    @Test
    void spanning_rangeJustAboveZero_reachesZero() {
        assertThat(Affine.spanning(LINE, 8, new float[] {0.1f}, new float[] {6}).low())
                .containsExactly(0);
        assertThat(Affine.spanning(LINE, 8, new float[] {5}, new float[] {6}).low())
                .containsExactly(5);
    }

    @Test
    void spanning_oneValue_comesBackExactly() {
        for (float value : new float[] {0, 1, -7.25f, 0x1p-147f, -1e38f, 1e38f}) {
            Affine affine = Affine.spanning(LINE, 4, new float[] {value}, new float[] {value});
            float[] values = new float[LINE.elements()];
            java.util.Arrays.fill(values, value);

            assertThat(roundTrip(affine, values)).containsOnly(value);
        }
    }

    @Test
    void quantise_valuesOutOfRange_saturate() {
        Affine affine = Affine.spanning(LINE, 2, new float[] {0}, new float[] {3});
        float[] values = new float[LINE.elements()];
        values[0] = -1;
        values[1] = Float.MAX_VALUE;
        values[2] = -Float.MAX_VALUE;
        values[3] = -0f;

        assertThat(affine.quantise(values, 0)).startsWith(0, 3, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void quantise_noFiniteValue_isInvalid(float value) {
        Affine affine = Affine.spanning(LINE, 8, new float[] {0}, new float[] {1});
        float[] values = new float[LINE.elements()];
        values[63] = value;

        assertThatThrownBy(() -> affine.quantise(values, 0))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("element 63");
    }

    @Test
    void quantise_rangePerChannel_takesEachChannelsOwn() {
        Layout layout = new Layout(2, 3, 1, 2);
        Affine affine = Affine.spanning(layout, 8, new float[] {0, 0, -1}, new float[] {255, 2550, 1});
        float[] values = {255, 1, 2550, 10, -1, 1, 2, 3, 20, 30, 0, 0};

        byte[] symbols = affine.quantise(values, 0);

        assertThat(symbols).startsWith(-1, 1, -1, 1);
        assertThat(symbols[6]).isEqualTo((byte) 2);
        assertThat(symbols[8]).isEqualTo((byte) 2);
        float[] back = new float[12];
        affine.dequantise(symbols, back, 0);
        assertThat(back).containsExactly(values, within(0.01f));
        assertThat(back[10]).isZero();
    }

    @Test
    void construct_stepOfNoUse_isMalformed() {
        for (float step : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, 3e38f}) {
            assertThatThrownBy(() -> new Affine(LINE, 8, new float[] {0}, new float[] {step}))
                    .isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> new Affine(LINE, 8, new float[] {Float.NaN}, new float[] {1}))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new Affine(LINE, 8, new float[2], new float[2]))
                .isInstanceOf(MalformedException.class);
    }

    private static float[] roundTrip(Affine affine, float[] values) {
        float[] back = new float[values.length];
        affine.dequantise(affine.quantise(values, 0), back, 0);
        return back;
    }
}
