package dev.narrows.wire.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.MalformedException;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BinaryCoderTest {

    /** Probabilities of a seed, the outermost among them, and bits that obey them or not. */
    private static int[][] bits(long seed, int count, boolean obedient) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] bits = new int[count][];
        for (int i = 0; i < count; i++) {
            int probability = BinaryCoder.within(
                    switch (random.nextInt(4)) {
                        case 0 -> 0;
                        case 1 -> BinaryCoder.ONE;
                        default -> random.nextInt(BinaryCoder.ONE);
                    });
            boolean one = obedient ? random.nextInt(BinaryCoder.ONE) < probability : random.nextBoolean();
            bits[i] = new int[] {one ? 1 : 0, probability};
        }
        return bits;
    }

    private static byte[] encoded(int[][] bits) {
        BinaryEncoder encoder = new BinaryEncoder();
        for (int[] bit : bits) {
            encoder.code(bit[0], bit[1]);
        }
        return encoder.finish();
    }

    @Property(tries = 300)
    void decoder_ofAnyBits_givesThem(
            @ForAll long seed, @ForAll @IntRange(max = 400) int count, @ForAll boolean obedient) {
        int[][] bits = bits(seed, count, obedient);
        byte[] code = encoded(bits);

        BinaryDecoder decoder = new BinaryDecoder(code, 0, code.length);
        int[] decoded =
                Arrays.stream(bits).mapToInt(bit -> decoder.code(0, bit[1])).toArray();

        assertThat(decoded)
                .containsExactly(Arrays.stream(bits).mapToInt(bit -> bit[0]).toArray());
        decoder.requireEnd();
    }

    @Test
    void encoder_ofObedientBits_takesTheirInformation() {
        int[][] bits = bits(1, 100_000, true);
        double information = 0;
        for (int[] bit : bits) {
            double probability = (double) bit[1] / BinaryCoder.ONE;
            information -= Math.log(bit[0] == 1 ? probability : 1 - probability) / Math.log(2);
        }

        // rounding takes less than a thousandth, the end less than four bytes
        assertThat(8.0 * encoded(bits).length).isBetween(information - 1, 1.001 * information + 32);
    }

    @Test
    void decoder_ofTooFewBytes_refusesThem() {
        byte[] code = encoded(bits(2, 4000, false));

        BinaryDecoder half = new BinaryDecoder(code, 0, code.length / 2);
        assertThatThrownBy(() -> {
                    for (int[] bit : bits(2, 4000, false)) {
                        half.code(0, bit[1]);
                    }
                })
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("byte " + code.length / 2);
    }

    @Test
    void requireEnd_withBytesLeft_refusesThem() {
        BinaryDecoder decoder = new BinaryDecoder(new byte[] {1, 2, 3, 4, 5, 6}, 0, 6);

        assertThatThrownBy(decoder::requireEnd)
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("2 bytes left");
    }
}
