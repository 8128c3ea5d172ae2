package dev.narrows.wire.codec;

import dev.narrows.errors.MalformedException;
import java.io.ByteArrayOutputStream;

/**
 * How often each symbol is expected: integers that sum to 2¹⁴. A symbol of frequency 0 is unlisted. If there is one,
 * the lowest unlisted symbol is the escape: it has a frequency, and stands for "an unlisted symbol follows as it is".
 */
final class FrequencyTable {

    static final int TOTAL_BITS = 14;
    static final int TOTAL = 1 << TOTAL_BITS;

    /** {@link #escape} of a table that lists every symbol. */
    static final int NO_ESCAPE = -1;

    private final int[] frequencies;
    private final int escape;

    /**
     * @param frequencies by symbol, the escape's among them; they sum to {@link #TOTAL}
     * @param escape the escape symbol or {@link #NO_ESCAPE}
     * @throws MalformedException if the frequencies do not sum up or the escape is not the right one
     */
    FrequencyTable(int[] frequencies, int escape) {
        long sum = 0;
        int lowestUnlisted = NO_ESCAPE;
        for (int symbol = frequencies.length - 1; symbol >= 0; symbol--) {
            int frequency = frequencies[symbol];
            if (frequency < 0 || frequency > TOTAL) {
                throw new MalformedException(
                        "frequency: " + frequency + " (expected: 0 to " + TOTAL + "), symbol " + symbol);
            }
            sum += frequency;
            if (frequency == 0 || symbol == escape) {
                lowestUnlisted = symbol;
            }
        }
        if (sum != TOTAL) {
            throw new MalformedException("frequencies: sum " + sum + " (expected: " + TOTAL + ")");
        }
        if (escape != lowestUnlisted || (escape != NO_ESCAPE && frequencies[escape] == 0)) {
            throw new MalformedException("escape: symbol " + escape + " (expected: " + lowestUnlisted
                    + ", the lowest unlisted one, and a frequency for it)");
        }
        this.frequencies = frequencies.clone();
        this.escape = escape;
    }

    int symbols() {
        return frequencies.length;
    }

    int escape() {
        return escape;
    }

    /** The frequency under {@code symbol}; of the escape symbol the frequency of escaping. */
    int frequency(int symbol) {
        return frequencies[symbol];
    }

    /** Whether {@code symbol} has a code of its own. */
    boolean lists(int symbol) {
        return frequencies[symbol] > 0 && symbol != escape;
    }

    /** The bits that {@code symbol} costs, of {@code symbolBits} before coding. */
    double cost(int symbol, int symbolBits) {
        int frequency = lists(symbol) ? frequencies[symbol] : frequencies[escape];
        double own = TOTAL_BITS - Logarithms.log2(frequency);
        return lists(symbol) ? own : own + symbolBits;
    }

    /**
     * Appends the table: the escape symbol plus 1 (0 for none), then the frequencies in order of symbols, each as a
     * variable-length integer (7 bits a byte, low bits first, bit 7 set on all bytes but the last); a 0 is followed by
     * the number of further 0s.
     */
    void write(ByteArrayOutputStream out) {
        VarInt.write(out, escape + 1);
        for (int symbol = 0; symbol < frequencies.length; symbol++) {
            VarInt.write(out, frequencies[symbol]);
            if (frequencies[symbol] == 0) {
                int run = symbol;
                while (run + 1 < frequencies.length && frequencies[run + 1] == 0) {
                    run++;
                }
                VarInt.write(out, run - symbol);
                symbol = run;
            }
        }
    }

    /** Reads what {@link #write} wrote. */
    static FrequencyTable read(VarInt.Reader in, int symbols) {
        int escape = in.next() - 1;
        if (escape >= symbols) {
            throw new MalformedException("escape: symbol " + escape + " (expected: less than " + symbols + ")");
        }
        int[] frequencies = new int[symbols];
        int symbol = 0;
        while (symbol < symbols) {
            frequencies[symbol] = in.next();
            if (frequencies[symbol++] == 0) {
                int run = in.next();
                if (run > symbols - symbol) {
                    throw new MalformedException("run of zeros: " + run + " (expected: at most " + (symbols - symbol)
                            + "), symbol " + symbol);
                }
                symbol += run;
            }
        }
        return new FrequencyTable(frequencies, escape);
    }
}
