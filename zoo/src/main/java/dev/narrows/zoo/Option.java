package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoublePredicate;

/**
 * A choice that an architecture leaves open.
 *
 * @param name as specs say it
 * @param fallback its value where a spec says nothing
 * @param expected which values there are, in words
 * @param meaning what it does
 * @param rule how values are read
 */
public record Option(String name, String fallback, String expected, String meaning, Rule rule) {

    /** Reads one value. */
    sealed interface Rule {
        /** A number. */
        record Real(DoublePredicate allowed) implements Rule {}

        /** A whole number. */
        record Whole(DoublePredicate allowed) implements Rule {}

        /** One of some words. */
        record Word(List<String> words) implements Rule {}

        /** Numbers with slashes between them, or {@code none}. */
        record Numbers(DoublePredicate allowed) implements Rule {}
    }

    static final String NONE = "none";

    static Option number(String name, double fallback, double min, double max, String meaning) {
        return new Option(
                name,
                plain(fallback),
                plain(min) + " to " + plain(max),
                meaning,
                new Rule.Real(value -> value >= min && value <= max));
    }

    static Option whole(String name, int fallback, int min, int max, String meaning) {
        return new Option(
                name,
                Integer.toString(fallback),
                min + " to " + max,
                meaning,
                new Rule.Whole(value -> value >= min && value <= max));
    }

    static Option word(String name, String meaning, String... words) {
        return new Option(name, words[0], String.join(", ", words), meaning, new Rule.Word(List.of(words)));
    }

    static Option numbers(String name, String expected, DoublePredicate allowed, String meaning) {
        return new Option(name, NONE, expected, meaning, new Rule.Numbers(allowed));
    }

    /**
     * The one spelling of a value.
     *
     * @throws InvalidException if it is none of the expected
     */
    String canonical(String text) {
        try {
            if (rule instanceof Rule.Word word && word.words().contains(text)) {
                return text;
            }
            if (rule instanceof Rule.Real real) {
                return plain(allowed(Double.parseDouble(text), real.allowed()));
            }
            if (rule instanceof Rule.Whole whole) {
                return Integer.toString((int) allowed(Integer.parseInt(text), whole.allowed()));
            }
            if (rule instanceof Rule.Numbers numbers) {
                return text.equals(NONE) ? NONE : canonical(text, numbers);
            }
        } catch (NumberFormatException e) {
            throw new InvalidException(refusal(text), e);
        }
        throw new InvalidException(refusal(text));
    }

    private static String canonical(String text, Rule.Numbers numbers) {
        List<String> all = new ArrayList<>();
        for (String part : text.split("/", -1)) {
            all.add(plain(allowed(Double.parseDouble(part), numbers.allowed())));
        }
        return String.join("/", all);
    }

    private static double allowed(double value, DoublePredicate allowed) {
        if (!Double.isFinite(value) || !allowed.test(value)) {
            throw new NumberFormatException("out of range: " + value);
        }
        return value;
    }

    private String refusal(String text) {
        return name + ": " + (text.isEmpty() ? "nothing" : text) + " (expected: " + expected + ")";
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
