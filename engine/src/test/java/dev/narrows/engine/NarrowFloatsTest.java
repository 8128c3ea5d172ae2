package dev.narrows.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All 65,536 patterns of both 16-bit types, and every boundary between neighbours. */
class NarrowFloatsTest {

    private enum Format {
        HALF(5, 10),
        BFLOAT(8, 7);

        private final int exponentBits;
        private final int fractionBits;

        Format(int exponentBits, int fractionBits) {
            this.exponentBits = exponentBits;
            this.fractionBits = fractionBits;
        }

        float decode(int pattern) {
            return this == HALF
                    ? NarrowFloats.halfToFloat((short) pattern)
                    : NarrowFloats.bfloatToFloat((short) pattern);
        }

        int encode(double value) {
            return (this == HALF ? NarrowFloats.doubleToHalf(value) : NarrowFloats.doubleToBfloat(value)) & 0xffff;
        }

        int infinity() {
            return ((1 << exponentBits) - 1) << fractionBits;
        }

        /** The definition: (-1)^s · 2^(e − bias) · 1.f, or 2^(1 − bias) · 0.f. */
        double defined(int pattern) {
            int exponent = (pattern >> fractionBits) & ((1 << exponentBits) - 1);
            int fraction = pattern & ((1 << fractionBits) - 1);
            int bias = (1 << (exponentBits - 1)) - 1;
            double magnitude = exponent == 0
                    ? fraction * Math.pow(2, 1 - bias - fractionBits)
                    : (fraction + (1 << fractionBits)) * Math.pow(2, exponent - bias - fractionBits);
            return (pattern & 0x8000) == 0 ? magnitude : -magnitude;
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void decode_everyPattern_isTheDefinedValueAndComesBack(Format format) {
        for (int pattern = 0; pattern < 0x10000; pattern++) {
            float value = format.decode(pattern);
            if ((pattern & 0x7fff) > format.infinity()) {
                assertThat(value).as("pattern %x", pattern).isNaN();
                assertThat(format.encode(value) & 0x7fff).isGreaterThan(format.infinity());
                assertThat(format.encode(value) & 0x8000).isEqualTo(pattern & 0x8000);
                continue;
            }
            if ((pattern & 0x7fff) == format.infinity()) {
                assertThat(value).isInfinite();
            } else if (value != format.defined(pattern)) { // assertThat on every pattern would take seconds
                assertThat((double) value).as("pattern %x", pattern).isEqualTo(format.defined(pattern));
            }
            if (format.encode(value) != pattern) {
                assertThat(format.encode(value)).as("%s", value).isEqualTo(pattern);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void encode_betweenAllNeighbours_roundsToNearestThenEven(Format format) {
        for (int low = 0; low < format.infinity(); low++) {
            double below = format.defined(low);
            double above = format.defined(low + 1); // beyond the largest: the next power of two, as IEEE 754 has it
            double tie = below + (above - below) / 2; // exact in binary64
            int even = (low & 1) == 0 ? low : low + 1;
            check(format, tie, even);
            check(format, Math.nextDown(tie), low);
            check(format, Math.nextUp(tie), low + 1);
            check(format, Math.nextUp(below), low);
            check(format, Math.nextDown(above), low + 1);
        }
        check(format, Double.MAX_VALUE, format.infinity());
        check(format, Double.POSITIVE_INFINITY, format.infinity());
        check(format, Double.MIN_VALUE, 0);
    }

    private static void check(Format format, double value, int expected) {
        if (format.encode(value) != expected || format.encode(-value) != (expected | 0x8000)) {
            assertThat(format.encode(value)).as("%s", value).isEqualTo(expected);
            assertThat(format.encode(-value)).as("%s", -value).isEqualTo(expected | 0x8000);
        }
    }

    @Property(tries = 2000, seed = "2")
    void longToOddDouble_anyLong_isExactOrTheOddNeighbour(@ForAll long value) {
        double odd = NarrowFloats.longToOddDouble(value);
        BigDecimal exact = new BigDecimal(BigInteger.valueOf(value));
        if (new BigDecimal(odd).compareTo(exact) != 0) {
            assertThat(Double.doubleToRawLongBits(odd) & 1).isEqualTo(1);
            assertThat(new BigDecimal(Math.nextUp(odd))).isGreaterThan(exact);
            assertThat(new BigDecimal(Math.nextDown(odd))).isLessThan(exact);
        }
    }

    @Test
    void to_longJustAboveATie_isRoundedOnce() {
        long tie = (1L << 60) + (1L << 52); // half-way between two bfloat16 numbers, 2^53 apart
        Tensor values = Tensor.of(
                new long[] {tie, tie + 1, -tie - 1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 1, -tie}, 7);

        assertThat(values.to(DType.BFLOAT16).toFloats())
                .containsExactly(0x1p60f, 0x1p60f + 0x1p53f, -0x1p60f - 0x1p53f, 0x1p63f, -0x1p63f, 0x1p63f, -0x1p60f);
        assertThat(values.to(DType.FLOAT16).toFloats()[0]).isInfinite();
    }
}
