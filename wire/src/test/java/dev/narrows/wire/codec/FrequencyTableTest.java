package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.MalformedException;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrequencyTableTest {

    @Property(tries = 200, seed = "3")
    void read_whatWasWritten_isTheSameTable(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int bits) {
        FrequencyTable table = RandomModels.table(bits, new Random(seed));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        table.write(out);

        VarInt.Reader in = new VarInt.Reader(out.toByteArray());
        FrequencyTable back = FrequencyTable.read(in, 1 << bits);
        in.requireEnd();

        assertThat(back.escape()).isEqualTo(table.escape());
        for (int symbol = 0; symbol < 1 << bits; symbol++) {
            assertThat(back.frequency(symbol)).isEqualTo(table.frequency(symbol));
        }
    }

    @Property(tries = 500, seed = "4")
    void read_randomBytes_isMalformedOrATable(@ForAll byte[] bytes, @ForAll @IntRange(min = 1, max = 8) int bits) {
        try {
            FrequencyTable table = FrequencyTable.read(new VarInt.Reader(bytes), 1 << bits);
            assertThat(table.symbols()).isEqualTo(1 << bits);
        } catch (MalformedException e) {
            assertThat(e).hasMessageContaining("expected");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "16384, 0, 0, 0, -1", // an unlisted symbol and no escape
        "16383, 0, 1, 0, 2", // the escape is not the lowest unlisted one
        "16384, 0, 0, 0, 1", // an escape without frequency
        "16383, 0, 0, 0, 1", // 1 short
        "16384, 1, 0, 0, 1", // 1 over
        "-1, 16385, 0, 0, 0", // out of range
        "4096, 4096, 4096, 4096, 7" // no such symbol
    })
    void construct_inconsistentFrequencies_isMalformed(int a, int b, int c, int d, int escape) {
        assertThatThrownBy(() -> new FrequencyTable(new int[] {a, b, c, d}, escape))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void fit_countsOfOneSymbol_leavesOneSlotToTheEscape() {
        FrequencyTable table = TableFitter.fit(new int[] {0, 1_000_000, 0, 0}, new int[] {0, 1_000_000, 0, 0}, 2);

        assertThat(table.frequency(1)).isEqualTo(FrequencyTable.TOTAL - 1);
        assertThat(table.escape()).isZero();
        assertThat(table.lists(1)).isTrue();
        assertThat(table.lists(0)).isFalse();
        assertThat(table.cost(3, 2)).isEqualTo(14 + 2.0);
    }

    @Test
    void fit_everySymbolSeen_hasNoEscape() {
        int[] counts = new int[256];
        java.util.Arrays.fill(counts, 1);
        counts[9] = 1_000_000_000;

        FrequencyTable table = TableFitter.fit(counts, counts, 8);

        assertThat(table.escape()).isEqualTo(FrequencyTable.NO_ESCAPE);
        assertThat(table.frequency(0)).isEqualTo(1);
        assertThat(table.frequency(9)).isEqualTo(FrequencyTable.TOTAL - 255);
    }

    @Test
    void fit_noCounts_isATable() {
        FrequencyTable table = TableFitter.fit(new int[16], new int[16], 4);

        assertThat(table.escape()).isZero();
        assertThat(table.frequency(0)).isEqualTo(FrequencyTable.TOTAL);
    }

    @Test
    void fit_rareSymbolsNextToAFrequentOne_takeNothingFromIt() {
        int[] counts = new int[256];
        counts[0] = 10_000;
        counts[1] = 2;
        counts[3] = 2;

        FrequencyTable table = TableFitter.fit(counts, counts, 8);

        assertThat(table.frequency(0)).isGreaterThan(FrequencyTable.TOTAL * 99 / 100);
        assertThat(table.lists(2)).isFalse(); // it never came and is worth less than a slot
    }
}
