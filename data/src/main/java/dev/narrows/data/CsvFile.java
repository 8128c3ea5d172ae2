package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** A CSV file (RFC 4180, UTF-8) whose first record names the columns, read row by row. Cells are trimmed. */
final class CsvFile implements AutoCloseable {

    private static final CSVFormat FORMAT =
            CSVFormat.DEFAULT.builder().setTrim(true).setIgnoreEmptyLines(true).get();
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private final Path file;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private final List<String> columns;

    /** The cells of a row, and the line that it ends on. */
    record Row(long line, List<String> cells) {}

    /** The columns that are labels and the one that is the group, as options and file say. */
    record Chosen(List<Integer> labels, OptionalInt group) {}

    private CsvFile(Path file, CSVParser parser) {
        this.file = file;
        this.parser = parser;
        this.records = parser.iterator();
        if (!more()) {
            throw new MalformedException("no columns (expected: their names), line 1, file \"" + file + "\"");
        }
        this.columns = List.of(records.next().values());
        Set<String> names = new HashSet<>();
        for (String column : columns) {
            if (column.isEmpty() || !names.add(column)) {
                throw new MalformedException(
                        "column: \"" + column + "\" (expected: names, each once), line 1, file \"" + file + "\"");
            }
        }
    }

    /**
     * Opens a file and reads its columns' names.
     *
     * @throws MalformedException if it has none, or one twice
     * @throws InvalidException if there is no such file
     */
    static CsvFile open(Path file) {
        try {
            BufferedReader reader = Files.newBufferedReader(file);
            try {
                reader.mark(1);
                if (reader.read() != BYTE_ORDER_MARK) {
                    reader.reset();
                }
                return new CsvFile(file, CSVParser.parse(reader, FORMAT));
            } catch (IOException | RuntimeException e) {
                reader.close();
                throw e;
            }
        } catch (CharacterCodingException e) {
            throw new MalformedException("text: not UTF-8, file \"" + file + "\"", e);
        } catch (NoSuchFileException e) {
            throw new InvalidException("no such file: \"" + file + "\"", e);
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        }
    }

    List<String> columns() {
        return columns;
    }

    /**
     * The place of a column.
     *
     * @throws InvalidException if there is none of that name
     */
    int column(String name) {
        int place = columns.indexOf(name);
        if (place < 0) {
            throw new InvalidException(
                    "column: \"" + name + "\" (expected: one of " + columns + "), file \"" + file + "\"");
        }
        return place;
    }

    Chosen choose(DataOptions options) {
        List<Integer> labels = new ArrayList<>();
        if (!options.labelColumns().isEmpty()) {
            options.labelColumns().forEach(name -> labels.add(column(name)));
        } else if (columns.contains(DataOptions.LABEL_COLUMN)) {
            labels.add(column(DataOptions.LABEL_COLUMN));
        }
        if (options.groupColumn().isPresent()) {
            return new Chosen(
                    labels, OptionalInt.of(column(options.groupColumn().get())));
        }
        int group = columns.indexOf(DataOptions.GROUP_COLUMN);
        return new Chosen(labels, group < 0 ? OptionalInt.empty() : OptionalInt.of(group));
    }

    boolean hasNext() {
        return more();
    }

    /**
     * The next row.
     *
     * @throws MalformedException if it has not as many cells as there are columns, or is no CSV
     */
    Row next() {
        List<String> cells = List.of(records.next().values());
        long line = parser.getCurrentLineNumber();
        if (cells.size() != columns.size()) {
            throw new MalformedException("cells: " + cells.size() + " (expected: " + columns.size()
                    + ", one for each column), line " + line + ", file \"" + file + "\"");
        }
        return new Row(line, cells);
    }

    private boolean more() {
        try {
            return records.hasNext();
        } catch (UncheckedIOException | IllegalStateException e) {
            String what =
                    e.getCause() instanceof CharacterCodingException ? "not UTF-8" : String.valueOf(e.getMessage());
            throw new MalformedException(
                    "text: " + what + ", line " + parser.getCurrentLineNumber() + ", file \"" + file + "\"", e);
        }
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new InvalidException("cannot be closed: \"" + file + "\": " + e.getMessage(), e);
        }
    }
}
