package dev.narrows.cli;

import dev.narrows.errors.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What sending the input itself costs and leaves of the accuracy, by codec: the rows of input.csv.
 *
 * @param accuracy of the network as it was, on a computer that has all values
 */
record InputPoints(double accuracy, List<Point> points) {

    /** Nothing was measured. */
    static final InputPoints NONE = new InputPoints(Double.NaN, List.of());

    /** Of the row that tells the accuracy of the network as it was. */
    private static final String ORIGINAL = "as it was";

    private static final String HEADER = "what,bytes,accuracy,tuned_accuracy";

    /**
     * One codec's.
     *
     * @param bytes the mean of the codes of the test items
     * @param accuracy of the network as it was, on the decoded items
     * @param tuned the same of the network that was tuned on decoded items, if it was
     */
    record Point(String codec, double bytes, double accuracy, OptionalDouble tuned) {

        /** The better of both: what may be compared with. */
        double best() {
            return Math.max(accuracy, tuned.orElse(0));
        }
    }

    InputPoints {
        points = List.copyOf(points);
    }

    void write(Path file) throws IOException {
        StringBuilder csv = new StringBuilder(HEADER + "\n");
        csv.append(String.format(Locale.ROOT, "%s,,%.5f,\n", ORIGINAL, accuracy));
        for (Point point : points) {
            csv.append(String.format(Locale.ROOT, "%s,%.2f,%.5f,", point.codec(), point.bytes(), point.accuracy()));
            point.tuned().ifPresent(share -> csv.append(String.format(Locale.ROOT, "%.5f", share)));
            csv.append('\n');
        }
        Files.writeString(file, csv);
    }

    /** @throws MalformedException if it is no such file */
    static InputPoints read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() < 2 || !lines.get(0).equals(HEADER)) {
            throw new MalformedException("file: another header (expected: " + HEADER + "), \"" + file + "\"");
        }
        double original = Double.NaN;
        List<Point> points = new ArrayList<>();
        for (int line = 1; line < lines.size(); line++) {
            String[] cells = lines.get(line).split(",", -1);
            try {
                if (cells.length != 4) {
                    throw new NumberFormatException(cells.length + " cells");
                }
                double accuracy = share(cells[2]);
                if (cells[0].equals(ORIGINAL)) {
                    original = accuracy;
                } else {
                    double bytes = Double.parseDouble(cells[1]);
                    OptionalDouble tuned =
                            cells[3].isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(share(cells[3]));
                    points.add(new Point(cells[0], bytes, accuracy, tuned));
                }
            } catch (NumberFormatException e) {
                throw new MalformedException(
                        "row: \"" + lines.get(line) + "\" (expected: as " + HEADER + "), \"" + file + "\", line "
                                + (line + 1),
                        e);
            }
        }
        return new InputPoints(original, points);
    }

    private static double share(String text) {
        double share = Double.parseDouble(text);
        if (!(share >= 0 && share <= 1)) {
            throw new NumberFormatException(text);
        }
        return share;
    }

    /** The points, a line for each family of codecs, at the better accuracy of each. */
    void draw(LinePlot plot) {
        for (Point point : points) {
            plot.add("input as " + family(point), point.bytes(), 100 * point.best());
        }
    }

    /** Adds the points, as rows of what, bytes, accuracy and two cells that inputs have not. */
    void addTo(StringBuilder csv) {
        for (Point point : points) {
            csv.append(
                    String.format(Locale.ROOT, "input %s,%.2f,%.5f,,%n", point.codec(), point.bytes(), point.best()));
        }
    }

    private static String family(Point point) {
        int colon = point.codec().indexOf(':');
        return colon < 0 || point.codec().endsWith(":lossless")
                ? point.codec()
                : point.codec().substring(0, colon);
    }
}
