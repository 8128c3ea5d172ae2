package dev.narrows.train;

import dev.narrows.errors.MalformedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How a training went, an entry for each epoch. As text it is CSV with a heading: {@code epoch,rate,loss,seconds,…}.
 *
 * @param points in the order of the epochs
 */
public record Curve(List<Point> points) {

    private static final String HEADING = "epoch,rate,loss,seconds";
    private static final int FIRST_SCORE = 4;

    /**
     * One epoch.
     *
     * @param epoch from 1
     * @param rate the learning rate of the last step
     * @param loss the mean over the epoch's batches
     * @param seconds that training took, evaluation aside
     * @param scores what the evaluation found, by name
     */
    public record Point(int epoch, double rate, double loss, double seconds, Map<String, Double> scores) {

        public Point {
            scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
        }
    }

    public Curve {
        points = List.copyOf(points);
    }

    static Curve empty() {
        return new Curve(List.of());
    }

    Curve with(Point point) {
        List<Point> all = new ArrayList<>(points);
        all.add(point);
        return new Curve(all);
    }

    /** This curve and another behind it, whose epochs are counted on. */
    public Curve then(Curve next) {
        Curve all = this;
        for (Point point : next.points()) {
            all = all.with(new Point(
                    points.size() + point.epoch(), point.rate(), point.loss(), point.seconds(), point.scores()));
        }
        return all;
    }

    /** The curve as CSV, with as many digits as it takes to read the same numbers. */
    public String csv() {
        Set<String> names = new LinkedHashSet<>();
        points.forEach(point -> names.addAll(point.scores().keySet()));
        StringBuilder text = new StringBuilder(HEADING);
        names.forEach(name -> text.append(',').append(name));
        text.append('\n');
        for (Point point : points) {
            text.append(point.epoch())
                    .append(',')
                    .append(point.rate())
                    .append(',')
                    .append(point.loss())
                    .append(',')
                    .append(String.format(Locale.ROOT, "%.2f", point.seconds()));
            for (String name : names) {
                Double score = point.scores().get(name);
                text.append(',').append(score == null ? "" : score.toString());
            }
            text.append('\n');
        }
        return text.toString();
    }

    /**
     * What {@link #csv} wrote.
     *
     * @throws MalformedException if it is none, with the line
     */
    static Curve parse(String csv) {
        List<String> lines = csv.lines().toList();
        List<String> names = lines.isEmpty() ? List.of() : List.of(lines.get(0).split(",", -1));
        if (names.size() < FIRST_SCORE) {
            throw new MalformedException("curve: no heading (expected: " + HEADING + "), line 1");
        }
        List<Point> points = new ArrayList<>();
        for (int line = 1; line < lines.size(); line++) {
            List<String> cells = List.of(lines.get(line).split(",", -1));
            if (cells.size() != names.size()) {
                throw new MalformedException(
                        "curve: " + cells.size() + " cells (expected: " + names.size() + "), line " + (line + 1));
            }
            try {
                points.add(point(names, cells));
            } catch (NumberFormatException e) {
                throw new MalformedException("curve: no number, line " + (line + 1), e);
            }
        }
        return new Curve(points);
    }

    private static Point point(List<String> names, List<String> cells) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (int i = FIRST_SCORE; i < cells.size(); i++) {
            if (!cells.get(i).isEmpty()) {
                scores.put(names.get(i), Double.parseDouble(cells.get(i)));
            }
        }
        return new Point(
                Integer.parseInt(cells.get(0)),
                Double.parseDouble(cells.get(1)),
                Double.parseDouble(cells.get(2)),
                Double.parseDouble(cells.get(3)),
                scores);
    }
}
