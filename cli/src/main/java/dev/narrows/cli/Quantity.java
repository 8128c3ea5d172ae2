package dev.narrows.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers for people: three significant digits and a decimal prefix. */
final class Quantity {

    private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P"};

    private Quantity() {}

    /** At most four significant digits, without zeros that say nothing: 8, 5.85, 21.3. */
    static String plain(double value) {
        return new BigDecimal(value)
                .round(new MathContext(4))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** Such as {@code 640 B} or {@code 4.02 MB}; a kilobyte is 1,000 bytes. */
    static String bytes(double bytes) {
        return scaled(bytes, "B");
    }

    static String bytes(long bytes) {
        return bytes((double) bytes);
    }

    static String count(long count) {
        return count((double) count);
    }

    /** Such as {@code 12} or {@code 3.5 M}. */
    static String count(double count) {
        return scaled(count, "").strip();
    }

    private static String scaled(double value, String unit) {
        int prefix = 0;
        double scaled = value;
        // 999.5 would be shown as 1000.
        while (Math.abs(scaled) >= 999.5 && prefix < PREFIXES.length - 1) {
            scaled /= 1000;
            prefix++;
        }
        int digits = prefix == 0 && value == Math.rint(value) ? 0 : scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + digits + "f %s%s", scaled, PREFIXES[prefix], unit);
    }

    /** Milliseconds, such as {@code 0.52} or {@code 143}. */
    static String millis(double millis) {
        return String.format(Locale.ROOT, millis < 10 ? "%.2f" : millis < 100 ? "%.1f" : "%.0f", millis);
    }

    /** How far outputs are apart, such as {@code 3.2e-07 of the largest output}. */
    static String difference(double relative) {
        return relative == 0
                ? "0 (the same values)"
                : String.format(Locale.ROOT, "%.1e of the largest output", relative);
    }

    /** A share as percent, such as {@code 12.5 %}. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
