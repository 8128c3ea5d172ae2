package dev.narrows.wire.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WeightsCodeTest {

    private static byte[] bytes(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    /** Gaussian weights, of which a share is 0, and the others are on so many levels (0: any value). */
    private static byte[] weights(long seed, WeightLayout layout, double zeros, int levels) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[layout.elements()];
        for (int i = 0; i < values.length; i++) {
            double value = random.nextGaussian();
            double level = levels == 0 ? value : Math.rint(value * levels / 6) * 6 / levels + 0.01;
            values[i] = random.nextDouble() < zeros ? 0 : (float) level;
        }
        return bytes(values);
    }

    private static byte[] encoded(WeightLayout layout, byte[] data) {
        return WeightsCode.encode(layout, ByteBuffer.wrap(data));
    }

    private static byte[] decoded(byte[] code, int length) {
        return WeightsCode.decode(code, 0, code.length, length);
    }

    /** The bits of an element by the frequencies of the elements alone: what a code without contexts cannot go below. */
    private static double entropy(byte[] data) {
        int[] values = new int[data.length / 4];
        ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
        Arrays.sort(values);
        double bits = 0;
        int from = 0;
        for (int to = 1; to <= values.length; to++) {
            if (to == values.length || values[to] != values[from]) {
                double share = (double) (to - from) / values.length;
                bits -= share * Math.log(share) / Math.log(2);
                from = to;
            }
        }
        return bits;
    }

    @Property(tries = 150)
    void decode_ofAnyElements_isWhatWasEncoded(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 8) int width,
            @ForAll @IntRange(max = 9) int rows,
            @ForAll @IntRange(max = 9) int columns,
            @ForAll @IntRange(max = 9) int places,
            @ForAll @IntRange(min = 1, max = 256) int values) {
        WeightLayout layout = new WeightLayout(width, rows, columns, places);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] data = new byte[layout.bytes()];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (random.nextBoolean() ? 0 : random.nextInt(values));
        }

        byte[] code = encoded(layout, data);

        assertThat(decoded(code, data.length)).isEqualTo(data);
        assertThat(code.length).isLessThanOrEqualTo(data.length + 5);
    }

    @Test
    void encode_differentTensors_choosesTheKindThatSuits() {
        WeightLayout layout = new WeightLayout(4, 32, 16, 9);
        byte[] dense = weights(1, layout, 0, 0);
        byte[] pruned = weights(1, layout, 0.9, 0);
        byte[] shared = weights(1, layout, 0.9, 31);
        byte[] periodic = new byte[layout.bytes()];
        for (int i = 0; i < periodic.length; i++) {
            periodic[i] = (byte) (i % 4 == 0 ? i / 4 % 250 : i % 4 == 1 ? i / 4 % 7 : 0);
        }
        byte[] noise = new byte[layout.bytes()];
        new SplittableRandom(1).nextBytes(noise);

        assertThat(WeightsCode.kind(encoded(layout, dense))).isEqualTo(WeightsCode.Kind.PLANES);
        assertThat(WeightsCode.kind(encoded(layout, pruned))).isEqualTo(WeightsCode.Kind.SPARSE);
        assertThat(WeightsCode.kind(encoded(layout, shared))).isEqualTo(WeightsCode.Kind.PALETTE);
        assertThat(WeightsCode.kind(encoded(layout, periodic))).isEqualTo(WeightsCode.Kind.DEFLATED);
        assertThat(WeightsCode.kind(encoded(layout, noise))).isEqualTo(WeightsCode.Kind.STORED);
        for (byte[] data : List.of(dense, pruned, shared, periodic, noise)) {
            assertThat(decoded(encoded(layout, data), data.length)).isEqualTo(data);
        }
    }

    @Test
    void encode_independentSharedWeights_staysNearTheirEntropy() {
        WeightLayout layout = new WeightLayout(4, 64, 64, 9);
        byte[] data = weights(2, layout, 0.9, 31);

        double bits = 8.0 * encoded(layout, data).length / layout.elements();

        // Nothing can be learnt from neighbours here: what is over the entropy are values, layout and learning.
        assertThat(bits).isBetween(entropy(data), 1.05 * entropy(data));
    }

    @Test
    void encode_whereSomeFiltersAndChannelsAreEmptier_goesBelowTheEntropyOfTheValues() {
        WeightLayout layout = new WeightLayout(4, 64, 64, 9);
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[layout.elements()];
        for (int i = 0; i < values.length; i++) {
            int row = i / (64 * 9);
            int column = i / 9 % 64;
            double density = (row % 4 == 0 ? 0.3 : 0.03) * (column % 3 == 0 ? 1 : 0.3);
            values[i] = random.nextDouble() < density ? 1 + random.nextInt(15) : 0;
        }
        byte[] data = bytes(values);

        double bits = 8.0 * encoded(layout, data).length / layout.elements();

        assertThat(bits).isLessThan(0.93 * entropy(data));
    }

    @Test
    void encode_knownTensors_givesTheBytesOfTheFormat() {
        byte[] few = new byte[64];
        for (int i = 0; i < few.length; i += 2) {
            few[i] = (byte) (i % 14 == 0 ? 7 : i % 10 == 0 ? 9 : 0);
        }
        byte[] sparse = bytes(0, 0, 0, 1.5f, 0, -1.5f, 0, 0, 0, 1.5f, 0, 0, 0, 0, 0, 0);
        byte[] dense = bytes(0.5f, 0.25f, 0.125f, 0.375f, -0.5f, 0.625f, 0.5f, -0.25f);

        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(encoded(new WeightLayout(2, 4, 4, 2), few)))
                .isEqualTo("030204040202ffffff7b09de74a0704cfa");
        assertThat(hex.formatHex(encoded(new WeightLayout(4, 4, 4, 1), sparse)))
                .isEqualTo("040404040100bc34786cf94549309677e699");
        assertThat(hex.formatHex(encoded(new WeightLayout(4, 8, 1, 1), dense)))
                .isEqualTo("0104080101636060b0676068b063606000e203207a3f038302500c2cbe0f00");
    }

    @Test
    void decode_ofDamagedCodes_refusesOrDecodesSomethingOfTheSameLength() {
        WeightLayout layout = new WeightLayout(4, 8, 8, 3);
        SplittableRandom random = new SplittableRandom(5);
        int refused = 0;
        int tries = 0;
        for (byte[] data : List.of(weights(1, layout, 0, 0), weights(1, layout, 0.8, 0), weights(1, layout, 0.8, 15))) {
            byte[] code = encoded(layout, data);
            for (int i = 0; i < 1500; i++, tries++) {
                byte[] damaged = Arrays.copyOf(code, code.length - (i % 5 == 0 ? random.nextInt(code.length) : 0));
                for (int k = random.nextInt(3); k >= 0 && damaged.length > 0; k--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
                }
                try {
                    assertThat(decoded(damaged, data.length)).hasSize(data.length);
                } catch (MalformedException e) {
                    refused++;
                    assertThat(e).hasMessageMatching("(?s).*(byte|element) \\d+.*");
                }
            }
        }
        assertThat(tries).isEqualTo(4500);
        assertThat(refused).isGreaterThan(500); // the code alone has no checksum: its file has
    }

    @Test
    void decode_ofALargerTensorThanItsCodeCanHold_isRefusedBeforeAnythingIsAllocated() {
        byte[] code = {3, 4, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 1, 1, 1, 0, 0, 0};

        assertThatThrownBy(() -> decoded(code, 0x1FFFFFFF * 4))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("expected: more for 536870911 elements");
    }

    @Test
    void encode_ofBytesThatDoNotFitTheLayout_saysWhatIsExpected() {
        assertThatThrownBy(() -> encoded(new WeightLayout(4, 2, 2, 1), new byte[15]))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("data: 15 bytes (expected: 16");
        assertThatThrownBy(() -> new WeightLayout(4, 1 << 20, 1 << 20, 1 << 20))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("below 2 GiB");
    }
}
