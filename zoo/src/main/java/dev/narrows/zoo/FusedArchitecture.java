package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A kind of network of several inputs, as {@code intermediate: image=cnn:width=0.5; sound=dscnn} says it; {@link #toString}
 * is the shortest text that {@link #parse} reads as the same.
 *
 * @param trunks by the input's name, in the inputs' order
 */
public record FusedArchitecture(Fusion fusion, Map<String, Architecture> trunks) {

    public FusedArchitecture {
        trunks = Collections.unmodifiableMap(new LinkedHashMap<>(trunks));
    }

    /**
     * Reads {@code fusion: name=architecture; name=architecture}.
     *
     * @return empty if the text does not begin with a {@link Fusion}'s label and a colon, as an architecture's does not
     * @throws InvalidException if an architecture is not known, or a name is missing or there twice
     */
    public static Optional<FusedArchitecture> parse(String spec) {
        int colon = spec.indexOf(':');
        String label = colon < 0 ? "" : spec.substring(0, colon).trim();
        if (Arrays.stream(Fusion.values()).noneMatch(fusion -> fusion.label().equals(label))) {
            return Optional.empty();
        }
        Map<String, Architecture> trunks = new LinkedHashMap<>();
        for (String part : spec.substring(colon + 1).split(";", -1)) {
            int equals = part.indexOf('=');
            String name = part.substring(0, Math.max(0, equals)).trim();
            if (name.isEmpty()) {
                throw new InvalidException(
                        "modality: \"" + part.trim() + "\" (expected: name=architecture), in \"" + spec + "\"");
            }
            if (trunks.put(name, Architecture.parse(part.substring(equals + 1).trim())) != null) {
                throw new InvalidException("modality: \"" + name + "\" twice (expected: once), in \"" + spec + "\"");
            }
        }
        return Optional.of(new FusedArchitecture(Fusion.parse(label), trunks));
    }

    @Override
    public String toString() {
        return trunks.entrySet().stream()
                .map(trunk -> trunk.getKey() + "=" + trunk.getValue())
                .collect(Collectors.joining("; ", fusion.label() + ": ", ""));
    }
}
