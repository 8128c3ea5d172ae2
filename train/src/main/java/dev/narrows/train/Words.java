package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A choice as users write it: {@code name} or {@code name:key=value,key=value,flag}.
 *
 * @param values by key, "true" for flags
 */
record Words(String what, String name, Map<String, String> values) {

    /** @throws InvalidException if the text is not of that form */
    static Words parse(String what, String text) {
        int colon = text.indexOf(':');
        String name = (colon < 0 ? text : text.substring(0, colon)).trim();
        Map<String, String> values = new LinkedHashMap<>();
        if (colon >= 0) {
            for (String part : text.substring(colon + 1).split(",", -1)) {
                int equals = part.indexOf('=');
                String key = (equals < 0 ? part : part.substring(0, equals)).trim();
                String value = equals < 0 ? "true" : part.substring(equals + 1).trim();
                if (key.isEmpty() || value.isEmpty() || values.put(key, value) != null) {
                    throw new InvalidException(
                            what + ": \"" + text + "\" (expected: name or name:key=value,…, each key once)");
                }
            }
        }
        return new Words(what, name, values);
    }

    /** @throws InvalidException if there is another key */
    Words only(String... keys) {
        Set<String> known = new TreeSet<>(Set.of(keys));
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                throw new InvalidException(what + ": \"" + name + "\" has no \"" + key + "\" (expected: "
                        + (known.isEmpty() ? "none" : String.join(", ", known)) + ")");
            }
        }
        return this;
    }

    double number(String key, double otherwise) {
        String value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new InvalidException(what + ": " + key + "=" + value + " (expected: a number)", e);
        }
    }

    boolean flag(String key, boolean otherwise) {
        String value = values.getOrDefault(key, "" + otherwise);
        if (!value.equals("true") && !value.equals("false")) {
            throw new InvalidException(what + ": " + key + "=" + value + " (expected: true or false)");
        }
        return value.equals("true");
    }

    /** What to throw for a name that is not known. */
    InvalidException unknown(String... known) {
        return new InvalidException(what + ": \"" + name + "\" (expected: one of " + String.join(", ", known) + ")");
    }
}
