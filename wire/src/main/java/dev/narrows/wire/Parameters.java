package dev.narrows.wire;

import dev.narrows.errors.InvalidException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The parameters of a request, a response or one of their tensors: names with strings, 64-bit integers, doubles or
 * booleans, sorted by name.
 *
 * @param values String, Long, Double or Boolean by name
 */
public record Parameters(Map<String, Object> values) {

    public static final Parameters NONE = new Parameters(Collections.emptyMap());

    /** The cut at which the request enters the network; absent means its inputs. */
    public static final String CUT = "cut";
    /** The codec of the cut's tensors; absent means {@code raw}. */
    public static final String CODEC = "codec";
    /** The first 16 or more hexadecimal digits of the bundle's content hash. */
    public static final String BUNDLE = "bundle";
    /** Milliseconds that the sender will wait, counted from the request's arrival. */
    public static final String DEADLINE = "deadline_ms";
    /** {@link Checksum} of the message; needed with any of the parameters above. */
    public static final String CHECKSUM = "checksum";
    /** In responses: microseconds that the server spent decoding and running. */
    public static final String SERVER_MICROS = "server_us";

    public Parameters {
        TreeMap<String, Object> sorted = new TreeMap<>();
        for (Map.Entry<String, Object> entry : values.entrySet()) {
            Object value = entry.getValue();
            if (!(value instanceof String
                    || value instanceof Long
                    || value instanceof Double
                    || value instanceof Boolean)) {
                throw new InvalidException("parameter \"" + entry.getKey() + "\": "
                        + value.getClass().getSimpleName() + " (expected: String, Long, Double or Boolean)");
            }
            sorted.put(entry.getKey(), value);
        }
        values = Collections.unmodifiableSortedMap(sorted);
    }

    /** These parameters and one more (or another value for one). */
    public Parameters with(String name, Object value) {
        TreeMap<String, Object> more = new TreeMap<>(values);
        more.put(name, value);
        return new Parameters(more);
    }

    /** These parameters less one. */
    public Parameters without(String name) {
        TreeMap<String, Object> fewer = new TreeMap<>(values);
        fewer.remove(name);
        return new Parameters(fewer);
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** The string under {@code name}; an InvalidException if something else is there. */
    public Optional<String> text(String name) {
        Object value = values.get(name);
        if (value != null && !(value instanceof String)) {
            throw new InvalidException("parameter \"" + name + "\": " + value + " (expected: a string)");
        }
        return Optional.ofNullable((String) value);
    }

    /** The integer under {@code name}; an InvalidException if something else is there. */
    public OptionalLong integer(String name) {
        Object value = values.get(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (!(value instanceof Long number)) {
            throw new InvalidException("parameter \"" + name + "\": " + value + " (expected: an integer)");
        }
        return OptionalLong.of(number);
    }
}
