package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A CSV file of measurements: rows are time steps, columns of numbers are channels. Items are windows of steps; a change in
 * the group column starts a new recording, and no window reaches over its start. What is left at a recording's end and too
 * short for a window is left out. In memory once, however much windows overlap.
 */
public final class SeriesReader {

    private SeriesReader() {}

    /**
     * The windows in the file's order, each (channels, steps).
     *
     * @throws MalformedException if the file is no CSV with as many cells in each row, or a channel's cell is no finite
     *     number
     * @throws InvalidException if a column that is named is not there, or no recording is long enough
     */
    public static Dataset read(Path file, DataOptions options) {
        return read(file, options, Classes.UNKNOWN);
    }

    static Dataset read(Path file, DataOptions options, Classes classes) {
        try (CsvFile csv = CsvFile.open(file)) {
            CsvFile.Chosen chosen = csv.choose(options);
            int[] channels = channels(csv, chosen, options, file);
            Steps steps = new Steps(channels.length, chosen.labels().size());
            while (csv.hasNext()) {
                CsvFile.Row row = csv.next();
                for (int channel = 0; channel < channels.length; channel++) {
                    steps.channels[channel].add(number(csv, row, channels[channel], file));
                }
                for (int task = 0; task < steps.labels.length; task++) {
                    String label = row.cells().get(chosen.labels().get(task));
                    steps.labels[task].add(steps.code(label));
                }
                steps.recording(
                        chosen.group().isPresent()
                                ? row.cells().get(chosen.group().getAsInt())
                                : "");
            }
            return windows(steps, options, classes, chosen, csv.columns(), file);
        }
    }

    private static int[] channels(CsvFile csv, CsvFile.Chosen chosen, DataOptions options, Path file) {
        int[] channels = options.columns().isEmpty()
                ? IntStream.range(0, csv.columns().size())
                        .filter(column -> !chosen.labels().contains(column)
                                && !(chosen.group().isPresent()
                                        && chosen.group().getAsInt() == column))
                        .toArray()
                : options.columns().stream().mapToInt(csv::column).toArray();
        if (channels.length == 0) {
            throw new InvalidException(
                    "channels: 0 of the columns " + csv.columns() + " (expected: 1 or more), file \"" + file + "\"");
        }
        return channels;
    }

    private static float number(CsvFile csv, CsvFile.Row row, int column, Path file) {
        String cell = row.cells().get(column);
        float value;
        try {
            value = Float.parseFloat(cell);
        } catch (NumberFormatException e) {
            value = Float.NaN;
        }
        if (!Float.isFinite(value)) {
            throw new MalformedException("value: \"" + cell + "\" (expected: a finite number), column \""
                    + csv.columns().get(column) + "\", line " + row.line() + ", file \"" + file + "\"");
        }
        return value;
    }

    private static Dataset windows(
            Steps steps, DataOptions options, Classes classes, CsvFile.Chosen chosen, List<String> columns, Path file) {
        List<Integer> starts = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        int longest = 0;
        for (int recording = 0; recording < steps.starts.size(); recording++) {
            int end = recording + 1 < steps.starts.size() ? steps.starts.get(recording + 1) : steps.size();
            longest = Math.max(longest, end - steps.starts.get(recording));
            for (int at = steps.starts.get(recording); at + options.window() <= end; at += options.stride()) {
                starts.add(at);
                if (chosen.group().isPresent()) {
                    groups.add(steps.groups.get(recording));
                }
            }
        }
        if (starts.isEmpty()) {
            throw new InvalidException("window: " + options.window() + " steps (expected: at most " + longest
                    + ", the longest recording), file \"" + file + "\"");
        }
        List<Labels> labels = new ArrayList<>();
        for (int task = 0; task < steps.labels.length; task++) {
            int[] codes = steps.labels[task].toArray();
            List<String> names = starts.stream()
                    .map(start -> steps.names.get(label(codes, start, start + options.window(), options.windowLabel())))
                    .toList();
            labels.add(classes.named(
                    columns.get(chosen.labels().get(task)),
                    names,
                    item -> "window of row " + (starts.get(item) + 1) + ", file \"" + file + "\""));
        }
        return new SeriesItems(
                Arrays.stream(steps.channels).map(Floats::toArray).toArray(float[][]::new),
                starts.stream().mapToInt(start -> start).toArray(),
                options.window(),
                labels,
                groups);
    }

    /** Steps whose label is not known count only if all are such. */
    private static int label(int[] codes, int from, int to, DataOptions.WindowLabel which) {
        if (which == DataOptions.WindowLabel.LAST) {
            return codes[to - 1];
        }
        Map<Integer, Integer> counts = new HashMap<>();
        for (int step = from; step < to; step++) {
            counts.merge(codes[step], 1, Integer::sum);
        }
        counts.remove(Steps.NO_LABEL);
        int best = Steps.NO_LABEL;
        int most = 0;
        // From the end, so that of equally many the one that ends latest is met first.
        for (int step = to - 1; step >= from; step--) {
            int count = counts.getOrDefault(codes[step], 0);
            if (count > most) {
                best = codes[step];
                most = count;
            }
        }
        return best;
    }

    /** All rows of a file, by column. */
    private static final class Steps {

        /** The code of an empty cell. */
        static final int NO_LABEL = 0;

        final Floats[] channels;
        final Ints[] labels;
        /** The labels' names by code. */
        final List<String> names = new ArrayList<>(List.of(""));

        final Map<String, Integer> codes = new HashMap<>(Map.of("", NO_LABEL));
        /** The first step of each recording, and its group. */
        final List<Integer> starts = new ArrayList<>();

        final List<String> groups = new ArrayList<>();

        Steps(int channels, int tasks) {
            this.channels =
                    IntStream.range(0, channels).mapToObj(i -> new Floats()).toArray(Floats[]::new);
            this.labels = IntStream.range(0, tasks).mapToObj(i -> new Ints()).toArray(Ints[]::new);
        }

        int size() {
            return channels[0].size;
        }

        int code(String label) {
            return codes.computeIfAbsent(label, name -> {
                names.add(name);
                return names.size() - 1;
            });
        }

        /** Says to which group the step belongs that was just added. */
        void recording(String group) {
            if (groups.isEmpty() || !groups.get(groups.size() - 1).equals(group)) {
                groups.add(group);
                starts.add(size() - 1);
            }
        }
    }

    /** A list of float that boxes none. */
    private static final class Floats {

        private float[] values = new float[1024];
        private int size;

        void add(float value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, Math.multiplyExact(2, size));
            }
            values[size++] = value;
        }

        float[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }

    /** A list of int that boxes none. */
    private static final class Ints {

        private int[] values = new int[1024];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, Math.multiplyExact(2, size));
            }
            values[size++] = value;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
