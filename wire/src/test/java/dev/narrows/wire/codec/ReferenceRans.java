package dev.narrows.wire.codec;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;

/** The rANS of {@code docs/codecs.md} as plainly as it can be written: no bound on the state but the one it must keep. */
final class ReferenceRans {

    private static final BigInteger LOWER = BigInteger.ONE.shiftLeft(23);
    private static final BigInteger BYTE = BigInteger.valueOf(256);
    private static final BigInteger TOTAL = BigInteger.valueOf(1 << 14);

    private final SymbolModel model;
    private BigInteger state;
    private final Deque<Byte> bytes = new ArrayDeque<>();

    ReferenceRans(SymbolModel model) {
        this(model, LOWER.intValueExact());
    }

    /** @param start the state that encoding starts from */
    ReferenceRans(SymbolModel model, int start) {
        this.model = model;
        state = BigInteger.valueOf(start);
    }

    byte[] encode(byte[] symbols) {
        for (int i = symbols.length - 1; i >= 0; i--) {
            FrequencyTable table = table(symbols, i);
            int symbol = symbols[i] & 0xFF;
            if (table.lists(symbol)) {
                put(below(table, symbol), table.frequency(symbol));
            } else {
                int each = (1 << 14) >> model.bits();
                put(symbol * each, each);
                put(below(table, table.escape()), table.frequency(table.escape()));
            }
        }
        return finish();
    }

    byte[] finish() {
        for (int i = 0; i < 4; i++) {
            bytes.push(state.shiftRight(8 * i).byteValue());
        }
        byte[] code = new byte[bytes.size()];
        for (int i = 0; i < code.length; i++) {
            code[i] = bytes.pop();
        }
        return code;
    }

    byte[] decode(byte[] code) {
        for (byte next : code) {
            bytes.add(next);
        }
        state = BigInteger.ZERO;
        for (int i = 0; i < 4; i++) {
            take();
        }
        byte[] symbols = new byte[model.layout().elements()];
        for (int i = 0; i < symbols.length; i++) {
            FrequencyTable table = table(symbols, i);
            int slot = state.mod(TOTAL).intValueExact();
            int symbol = 0;
            while (below(table, symbol) + table.frequency(symbol) <= slot) {
                symbol++;
            }
            get(below(table, symbol), table.frequency(symbol));
            if (symbol == table.escape()) {
                int each = (1 << 14) >> model.bits();
                symbol = state.mod(TOTAL).intValueExact() / each;
                get(symbol * each, each);
            }
            symbols[i] = (byte) symbol;
        }
        return symbols;
    }

    /** Codes the interval of {@code frequency} slots above {@code below}. */
    void put(int below, int frequency) {
        BigInteger f = BigInteger.valueOf(frequency);
        BigInteger upper = LOWER.multiply(BYTE).divide(TOTAL).multiply(f);
        while (state.compareTo(upper) >= 0) {
            bytes.push(state.byteValue());
            state = state.divide(BYTE);
        }
        state = state.divide(f).multiply(TOTAL).add(BigInteger.valueOf(below)).add(state.mod(f));
    }

    private void get(int below, int frequency) {
        state = state.divide(TOTAL)
                .multiply(BigInteger.valueOf(frequency))
                .add(state.mod(TOTAL))
                .subtract(BigInteger.valueOf(below));
        while (state.compareTo(LOWER) < 0) {
            take();
        }
    }

    private void take() {
        state = state.multiply(BYTE).add(BigInteger.valueOf(bytes.pop() & 0xFF));
    }

    private static int below(FrequencyTable table, int symbol) {
        int sum = 0;
        for (int s = 0; s < symbol; s++) {
            sum += table.frequency(s);
        }
        return sum;
    }

    /** The table by the element's own coordinates. */
    private FrequencyTable table(byte[] symbols, int index) {
        Layout layout = model.layout();
        int column = index % layout.columns();
        int row = index / layout.columns() % layout.rows();
        int channel = index / layout.columns() / layout.rows() % layout.channels();
        int left = column > 0 ? symbols[index - 1] & 0xFF : -1;
        int upper = -1;
        if (row > 0) {
            upper = symbols[index - layout.columns()] & 0xFF;
        } else if (layout.rows() == 1 && channel > 0) {
            upper = symbols[index - layout.columns()] & 0xFF;
        }
        if (left < 0 && upper < 0) {
            left = model.start();
            upper = model.start();
        }
        int sum = (left < 0 ? upper : left) + (upper < 0 ? left : upper);
        int bin = 0;
        for (int threshold : model.thresholds()) {
            bin += threshold <= sum ? 1 : 0;
        }
        int group = model.groups().length == 0 ? 0 : model.groups()[channel];
        return model.tables().get(model.cells()[group * (model.thresholds().length + 1) + bin]);
    }
}
