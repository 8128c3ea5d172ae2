package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A kind of network with all its options, as {@code mobilenet:width=0.5,depth=2} says it; {@link #toString} is the
 * shortest text that {@link #parse} reads as the same.
 *
 * @param family the kind
 * @param options every option of the family by name, in the family's order, in its one spelling
 */
public record Architecture(Family family, Map<String, String> options) {

    /**
     * Options that are not given take the family's defaults.
     *
     * @throws InvalidException if the family has no such option, or a value is not among the expected
     */
    public Architecture {
        for (String name : options.keySet()) {
            if (family.options().stream().noneMatch(option -> option.name().equals(name))) {
                throw new InvalidException("option: \"" + name + "\" (expected: "
                        + family.options().stream().map(Option::name).collect(Collectors.joining(", "))
                        + "), architecture \"" + family.label() + "\"");
            }
        }
        Map<String, String> all = new LinkedHashMap<>();
        for (Option option : family.options()) {
            try {
                all.put(option.name(), option.canonical(options.getOrDefault(option.name(), option.fallback())));
            } catch (InvalidException e) {
                throw new InvalidException(e.getMessage() + ", architecture \"" + family.label() + "\"", e);
            }
        }
        options = Collections.unmodifiableMap(all);
    }

    /** The family with its defaults. */
    public static Architecture of(Family family) {
        return new Architecture(family, Map.of());
    }

    /**
     * Reads {@code family} or {@code family:option=value,option=value}. Lists of numbers have slashes between them:
     * {@code mean=0.49/0.48/0.45}.
     *
     * @throws InvalidException if the family, an option or a value is not known; the message lists what is
     */
    public static Architecture parse(String spec) {
        int colon = spec.indexOf(':');
        Family family = family(colon < 0 ? spec : spec.substring(0, colon));
        Map<String, String> options = new LinkedHashMap<>();
        if (colon >= 0) {
            for (String part : spec.substring(colon + 1).split(",", -1)) {
                int equals = part.indexOf('=');
                if (equals < 1) {
                    throw new InvalidException(
                            "option: \"" + part + "\" (expected: name=value), architecture \"" + spec + "\"");
                }
                String name = part.substring(0, equals).trim();
                if (options.put(name, part.substring(equals + 1).trim()) != null) {
                    throw new InvalidException(
                            "option: \"" + name + "\" twice (expected: once), architecture \"" + spec + "\"");
                }
            }
        }
        return new Architecture(family, options);
    }

    private static Family family(String label) {
        for (Family family : Family.values()) {
            if (family.label().equals(label.trim())) {
                return family;
            }
        }
        throw new InvalidException("architecture: \"" + label.trim() + "\" (expected: "
                + Arrays.stream(Family.values()).map(Family::label).collect(Collectors.joining(", ")) + ")");
    }

    /** What all families are, with their options, for people: one line a family, one an option. */
    public static String describe() {
        StringBuilder text = new StringBuilder();
        for (Family family : Family.values()) {
            describe(text, family.label(), family.meaning(), Options.own(family));
        }
        describe(text, "all", "of them take", Options.COMMON);
        describe(text, "sound", "becomes a log-mel spectrogram inside the network", Options.SOUND);
        return text.toString();
    }

    private static void describe(StringBuilder text, String label, String meaning, List<Option> options) {
        text.append(String.format("%-11s%s\n", label, meaning));
        for (Option option : options) {
            text.append(String.format(
                    "  %-11s%s (%s; default %s)\n",
                    option.name(), option.meaning(), option.expected(), option.fallback()));
        }
    }

    double number(String option) {
        return Double.parseDouble(word(option));
    }

    int whole(String option) {
        return Integer.parseInt(word(option));
    }

    String word(String option) {
        String value = options.get(option);
        if (value == null) {
            throw new IllegalArgumentException(option);
        }
        return value;
    }

    boolean is(String option) {
        return word(option).equals("true");
    }

    /** None if the option is {@code none}. */
    List<Double> numbers(String option) {
        return word(option).equals(Option.NONE)
                ? List.of()
                : Arrays.stream(word(option).split("/", -1))
                        .map(Double::valueOf)
                        .toList();
    }

    /** {@code base} channels times the width: a whole number, 1 at least. */
    int channels(int base) {
        return (int) Math.max(1, Math.round(base * number("width")));
    }

    @Override
    public String toString() {
        List<String> given = new ArrayList<>();
        for (Option option : family.options()) {
            String value = word(option.name());
            if (!value.equals(option.canonical(option.fallback()))) {
                given.add(option.name() + "=" + value);
            }
        }
        return given.isEmpty() ? family.label() : family.label() + ":" + String.join(",", given);
    }
}
