package dev.narrows.cli;

import dev.narrows.data.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an option says of each modality: {@code image=…;sound=…}. */
final class PerModality {

    private PerModality() {}

    /**
     * Reads an option's text.
     *
     * @param items that have the modalities
     * @return the text by modality, of those that are named
     */
    static Map<String, String> parse(String option, String text, Kind.Several items) {
        List<String> names = items.names();
        Map<String, String> all = new LinkedHashMap<>();
        for (String part : text.split(";", -1)) {
            int equals = part.indexOf('=');
            String name = part.substring(0, Math.max(0, equals)).strip();
            String value = part.substring(equals + 1).strip();
            if (!names.contains(name) || all.put(name, value) != null) {
                throw new WrongUseException(option + ": \"" + part.strip() + "\" (expected: NAME=…, with ; in between, "
                        + "each once, for the modalities " + names + " of the data)");
            }
        }
        return all;
    }
}
