package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of a spec, {@code name[:amount][:zero|:edge][@chance]}.
 *
 * @param amount {@code a}, {@code a-b} or {@code ±a}; empty if not said
 * @param fill empty if not said
 * @param chance empty if not said
 */
record SpecEntry(String name, String amount, Optional<Fill> fill, OptionalDouble chance) {

    private static final String NUMBER = "-?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE]-?\\d+)?";
    private static final Pattern ENTRY =
            Pattern.compile("([a-z0-9-]+)(?::([^:@]*?))??(?::(zero|edge))?(?:@(" + NUMBER + "))?");
    private static final Pattern AMOUNT = Pattern.compile("(" + NUMBER + ")(?:-(" + NUMBER + "))?");
    private static final Pattern AROUND = Pattern.compile("(?:±|\\+-)(" + NUMBER + ")");

    /** Reads one entry. */
    static SpecEntry parse(String text) {
        Matcher entry = ENTRY.matcher(text.trim());
        if (!entry.matches()) {
            throw new InvalidException(
                    "augmentation: \"" + text + "\" (expected: name[:amount][:zero|:edge][@chance])");
        }
        String amount = entry.group(2) == null ? "" : entry.group(2).trim();
        Optional<Fill> fill =
                Optional.ofNullable(entry.group(3)).map(word -> word.equals("edge") ? Fill.EDGE : Fill.ZERO);
        OptionalDouble chance =
                entry.group(4) == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(entry.group(4)));
        if (chance.orElse(1) < 0 || chance.orElse(1) > 1) {
            throw new InvalidException("chance: " + entry.group(4) + " (expected: 0 to 1), in \"" + text + "\"");
        }
        return new SpecEntry(entry.group(1), amount, fill, chance);
    }

    /**
     * The range that an amount asks for.
     *
     * @param alone what a single number stands for
     */
    static Range range(String amount, DoubleFunction<Range> alone) {
        Matcher around = AROUND.matcher(amount);
        if (around.matches()) {
            return Range.around(Double.parseDouble(around.group(1)));
        }
        Matcher plain = AMOUNT.matcher(amount);
        if (!plain.matches()) {
            throw new InvalidException("amount: \"" + amount + "\" (expected: a, a-b or ±a)");
        }
        double first = Double.parseDouble(plain.group(1));
        return plain.group(2) == null ? alone.apply(first) : new Range(first, Double.parseDouble(plain.group(2)));
    }
}
