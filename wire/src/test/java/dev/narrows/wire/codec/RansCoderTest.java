package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.MalformedException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RansCoderTest {

    private static final int NO_LIMIT = 1 << 16;

    @Property(tries = 300, seed = "1")
    void encode_anyModelAndSymbols_equalsTheReference(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int bits) {
        Random random = new Random(seed);
        Layout layout = RandomModels.layout(random);
        SymbolModel model = RandomModels.model(layout, bits, random);
        byte[] symbols = RandomModels.symbols(layout, bits, random);

        byte[] code = new RansCoder(model).encode(symbols, NO_LIMIT).orElseThrow();

        assertThat(code).isEqualTo(new ReferenceRans(model).encode(symbols));
        assertThat(new ReferenceRans(model).decode(code)).isEqualTo(symbols);
        assertThat(new RansCoder(model).decode(code, 0, code.length)).isEqualTo(symbols);
    }

    @Property(tries = 300, seed = "2")
    void decode_randomBytes_isMalformedOrACodeOfItsSymbols(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int bits) {
        Random random = new Random(seed);
        Layout layout = RandomModels.layout(random);
        RansCoder coder = new RansCoder(RandomModels.model(layout, bits, random));
        byte[] code = new byte[random.nextInt(40)];
        random.nextBytes(code);

        byte[] symbols;
        try {
            symbols = coder.decode(code, 0, code.length);
        } catch (MalformedException e) {
            assertThat(e).hasMessageContaining("expected");
            return;
        }
        assertThat(coder.encode(symbols, NO_LIMIT)).hasValue(code);
    }

    @Test
    void encode_longerThanTheLimit_isEmpty() {
        SymbolModel model = oneTable(new Layout(1, 1, 1, 100), 8, 0);
        byte[] symbols = new byte[100];
        Arrays.fill(symbols, (byte) 7);
        RansCoder coder = new RansCoder(model);
        int length = coder.encode(symbols, NO_LIMIT).orElseThrow().length;

        assertThat(coder.encode(symbols, length + 8)).isPresent();
        assertThat(coder.encode(symbols, length - 1)).isEmpty();
        assertThat(coder.encode(symbols, 0)).isEmpty();
    }

    @Test
    void encode_expectedSymbols_costNextToNothing() {
        SymbolModel model = oneTable(new Layout(1, 64, 56, 56), 8, 0);

        byte[] code =
                new RansCoder(model).encode(new byte[64 * 56 * 56], NO_LIMIT).orElseThrow();

        assertThat(code.length).isLessThan(10); // 200,704 symbols of log2(16384 / 16383) bit are 2.2 bytes
    }

    @Test
    void encode_everySymbolEscaped_comesBack() {
        SymbolModel model = oneTable(new Layout(1, 1, 16, 16), 8, 3);
        byte[] symbols = new byte[256];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = (byte) i;
        }
        RansCoder coder = new RansCoder(model);

        byte[] code = coder.encode(symbols, NO_LIMIT).orElseThrow();

        assertThat(coder.decode(code, 0, code.length)).isEqualTo(symbols);
    }

    @Test
    void encode_noElements_isTheStateAlone() {
        RansCoder coder = new RansCoder(oneTable(new Layout(1, 1, 1, 0), 4, 0));

        byte[] code = coder.encode(new byte[0], 10).orElseThrow();

        assertThat(code).containsExactly(0, 0x80, 0, 0);
        assertThat(coder.decode(code, 0, 4)).isEmpty();
    }

    @Test
    void decode_listedSymbolBehindTheEscape_isMalformed() {
        SymbolModel model = oneTable(new Layout(1, 1, 1, 1), 4, 5); // 5 is listed, the escape is 0
        ReferenceRans hostile = new ReferenceRans(model);
        hostile.put(5 << 10, 1 << 10); // 5 as it is
        hostile.put(0, 1); // behind the escape
        byte[] code = hostile.finish();

        assertThatThrownBy(() -> new RansCoder(model).decode(code, 0, code.length))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("escaped symbol: 5");
    }

    private static SymbolModel oneTable(Layout layout, int bits, int symbol) {
        int[] frequencies = new int[1 << bits];
        frequencies[symbol] = FrequencyTable.TOTAL - 1;
        int escape = symbol == 0 ? 1 : 0;
        frequencies[escape] = 1;
        return new SymbolModel(
                layout,
                bits,
                symbol,
                new byte[0],
                new int[0],
                new byte[1],
                List.of(new FrequencyTable(frequencies, escape)));
    }
}
