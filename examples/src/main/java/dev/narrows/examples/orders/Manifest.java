package dev.narrows.examples.orders;

import dev.narrows.errors.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The list of clips, as CSV (RFC 4180) with a heading. */
final class Manifest {

    static final String FILE = "manifest.csv";

    static final String HEADING = "file,label,speaker,engine,phrase,split,snr,noise";

    private static final int COLUMNS = 8;

    private Manifest() {}

    /**
     * One clip.
     *
     * @param file relative to the data set's folder, with slashes
     * @param speaker empty if nobody speaks
     * @param engine empty if nobody speaks
     * @param phrase what is said; empty if nothing is
     * @param snr speech over noise in dB; empty for clean speech and for mere background
     * @param noise its kind; empty for clean speech
     */
    record Row(
            String file,
            String label,
            String speaker,
            String engine,
            String phrase,
            String split,
            OptionalDouble snr,
            String noise) {

        String csv() {
            String decibels = snr.isPresent() ? String.format(Locale.ROOT, "%.1f", snr.getAsDouble()) : "";
            return String.join(",", file, label, speaker, engine, quoted(phrase), split, decibels, noise);
        }
    }

    private static String quoted(String field) {
        return field.indexOf(',') < 0 && field.indexOf('"') < 0 ? field : '"' + field.replace("\"", "\"\"") + '"';
    }

    static String write(List<Row> rows) {
        StringBuilder csv = new StringBuilder(HEADING).append('\n');
        for (Row row : rows) {
            csv.append(row.csv()).append('\n');
        }
        return csv.toString();
    }

    static List<Row> parse(String csv) {
        List<String> lines = csv.lines().toList();
        if (lines.isEmpty() || !lines.get(0).equals(HEADING)) {
            throw new MalformedException("manifest: another heading (expected: " + HEADING + "), line 1");
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            rows.add(row(fields(lines.get(i)), i + 1));
        }
        return rows;
    }

    private static Row row(List<String> fields, int line) {
        if (fields.size() != COLUMNS) {
            throw new MalformedException(
                    "manifest: " + fields.size() + " fields (expected: " + COLUMNS + "), line " + line);
        }
        String snr = fields.get(6);
        try {
            return new Row(
                    fields.get(0),
                    fields.get(1),
                    fields.get(2),
                    fields.get(3),
                    fields.get(4),
                    fields.get(5),
                    snr.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(snr)),
                    fields.get(7));
        } catch (NumberFormatException e) {
            throw new MalformedException("snr: " + snr + " (expected: a number), line " + line, e);
        }
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean inQuotes = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                boolean doubled = inQuotes && i + 1 < line.length() && line.charAt(i + 1) == '"';
                if (doubled) {
                    field.append(c);
                    i++;
                } else {
                    inQuotes = !inQuotes;
                }
            } else if (c == ',' && !inQuotes) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
