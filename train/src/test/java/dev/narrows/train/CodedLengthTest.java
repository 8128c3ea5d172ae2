package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodedLengthTest {

    private static final int ITEMS = 60;
    private static final int NUMBERS = 400;

    @Test
    void meanBits_ofNumbersAllAsLikely_areTheirInformationAndLittleFraming() {
        CodedLength length = new CodedLength("code");
        Random random = new Random(3);
        length.add(codes(i -> random.nextInt(4)));

        assertThat(length.meanBits()).isBetween(2.0 * NUMBERS, 2.0 * NUMBERS + 64);
    }

    @Test
    void meanBits_ofAnItemLikeNoOther_countWhatTheOthersTablesTakeForIt() {
        CodedLength length = new CodedLength("code");
        length.add(codes(i -> i % NUMBERS == 0 || i / NUMBERS % 2 == 1 ? 3 : 0)); // a half has zeros, the other none

        assertThat(length.meanBits()).isGreaterThan(NUMBERS); // with tables of all it were a handful for each
    }

    @Test
    void meanBits_ofOneItem_areWithItsOwnTables() {
        CodedLength length = new CodedLength("code");
        length.add(codes(i -> 1).slice(0, 1));

        assertThat(length.meanBits()).isBetween(8.0, 64.0);
    }

    @Test
    void meanBits_ofNothing_areNone() {
        assertThat(new CodedLength("code").meanBits()).isZero();
    }

    @Test
    void meanBits_ofNoWholeNumber_areRefused() {
        CodedLength length = new CodedLength("code");
        length.add(codes(i -> i == 7 ? 1.5f : 1));

        assertThatThrownBy(length::meanBits)
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("value: 1.5 (expected: a whole number, 0 to 255)");
    }

    @Test
    void meanBits_ofNoNumber_areInfinite() {
        CodedLength length = new CodedLength("code");
        length.add(codes(i -> i == 7 ? Float.NaN : 1));

        assertThat(length.meanBits()).isInfinite();
    }

    private interface Numbers {
        float at(int index);
    }

    private static Tensor codes(Numbers numbers) {
        float[] all = new float[ITEMS * NUMBERS];
        for (int i = 0; i < all.length; i++) {
            all[i] = numbers.at(i);
        }
        return Tensor.of(all, ITEMS, 4, 10, 10);
    }
}
