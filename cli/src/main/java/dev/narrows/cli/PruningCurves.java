package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One network's accuracy after pruning: for each method, at each compression ratio, that of some seeds. */
final class PruningCurves {

    private static final String HEADING = "network,method,seed,ratio,accuracy,baseline";

    /**
     * Of several seeds.
     *
     * @param deviation standard deviation of the sample; 0 for one seed
     */
    private record Spread(int seeds, double mean, double deviation) {

        static Spread of(List<Double> values) {
            double mean = values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
            double squares = values.stream()
                    .mapToDouble(value -> (value - mean) * (value - mean))
                    .sum();
            return new Spread(values.size(), mean, values.size() < 2 ? 0 : Math.sqrt(squares / (values.size() - 1)));
        }
    }

    private final String network;
    private final Map<String, TreeMap<Double, Map<String, Double>>> methods = new LinkedHashMap<>(); // ratio, seed
    private final List<Double> baselines = new ArrayList<>();

    private PruningCurves(String network) {
        this.network = network;
    }

    /**
     * Curves by network, in the files' order.
     *
     * @param places CSV files, or directories that hold some
     * @throws InvalidException if there is no curve
     */
    static Map<String, PruningCurves> read(List<Path> places) throws IOException {
        Map<String, PruningCurves> networks = new LinkedHashMap<>();
        for (Path place : places) {
            if (!Files.isDirectory(place)) {
                read(place, Files.readAllLines(place), networks);
                continue;
            }
            try (Stream<Path> all = Files.walk(place)) {
                for (Path file : all.filter(file -> ModelFiles.endsIn(file, ".csv"))
                        .sorted()
                        .toList()) {
                    List<String> lines = Files.readAllLines(file);
                    if (!lines.isEmpty() && lines.get(0).strip().equals(HEADING)) {
                        read(file, lines, networks);
                    }
                }
            }
        }
        if (networks.isEmpty()) {
            throw new InvalidException(
                    "curves: none in " + places + " (expected: CSV files with the columns " + HEADING + ")");
        }
        return networks;
    }

    private static void read(Path file, List<String> lines, Map<String, PruningCurves> networks) {
        if (lines.isEmpty() || !lines.get(0).strip().equals(HEADING)) {
            throw new MalformedException("columns: \"" + (lines.isEmpty() ? "" : lines.get(0)) + "\" (expected: "
                    + HEADING + "), \"" + file + "\"");
        }
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            String place = "\"" + file + "\", line " + (i + 1);
            List<String> cells = List.of(lines.get(i).strip().split(",", -1));
            if (cells.size() != HEADING.split(",", -1).length) {
                throw new MalformedException("columns: " + cells.size() + " (expected: " + HEADING + "), " + place);
            }
            networks.computeIfAbsent(cells.get(0), PruningCurves::new)
                    .add(
                            cells.get(1),
                            cells.get(2),
                            number(cells.get(3), 1, Double.MAX_VALUE, place),
                            number(cells.get(4), 0, 1, place),
                            number(cells.get(5), 0, 1, place));
        }
    }

    private static double number(String text, double least, double most, String place) {
        try {
            double value = Double.parseDouble(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new MalformedException("number: \"" + text + "\" (expected: one), " + place, e);
        }
        throw new MalformedException("number: " + text + " (expected: " + Quantity.plain(least) + " or more"
                + (most == 1 ? ", to 1" : "") + "), " + place);
    }

    private void add(String method, String seed, double ratio, double accuracy, double baseline) {
        baselines.add(baseline);
        methods.computeIfAbsent(method, key -> new TreeMap<>())
                .computeIfAbsent(ratio, key -> new TreeMap<>())
                .put(seed, accuracy);
    }

    private double baseline() {
        return Spread.of(baselines).mean();
    }

    private SortedSet<Double> ratios() {
        SortedSet<Double> ratios = new TreeSet<>();
        methods.values().forEach(points -> ratios.addAll(points.keySet()));
        return ratios;
    }

    void show(HtmlPage page) {
        LinePlot plot =
                new LinePlot("Accuracy by compression ratio, " + network, "compression ratio", "accuracy, %", 2);
        methods.forEach((method, points) -> points.forEach((ratio, seeds) -> {
            Spread spread = Spread.of(List.copyOf(seeds.values()));
            plot.add(method, ratio, 100 * spread.mean(), 100 * spread.deviation());
        }));
        plot.limit("not pruned", 100 * baseline());
        page.section(network)
                .picture(plot.element(
                        "curves" + Integer.toHexString(network.hashCode()),
                        "Lines: accuracy of " + network + " by compression ratio for "
                                + String.join(", ", methods.keySet()) + ". The table below has the same numbers."))
                .table(table());
    }

    Table table() {
        List<String> columns = new ArrayList<>(List.of("method"));
        ratios().forEach(ratio -> columns.add(">" + Quantity.plain(ratio) + "×"));
        Table table = new Table(columns.toArray(String[]::new));
        List<String> unpruned = new ArrayList<>(List.of("not pruned"));
        ratios().forEach(ratio -> unpruned.add(String.format(Locale.ROOT, "%.2f", 100 * baseline())));
        table.row(unpruned.toArray(String[]::new));
        methods.forEach((method, points) -> {
            List<String> cells = new ArrayList<>(List.of(method));
            ratios().forEach(ratio -> cells.add(text(points, ratio)));
            table.row(cells.toArray(String[]::new));
        });
        return table;
    }

    private static String text(Map<Double, Map<String, Double>> points, double ratio) {
        Map<String, Double> seeds = points.getOrDefault(ratio, Map.of());
        if (seeds.isEmpty()) {
            return "";
        }
        Spread spread = Spread.of(List.copyOf(seeds.values()));
        return spread.seeds() == 1
                ? String.format(Locale.ROOT, "%.2f", 100 * spread.mean())
                : String.format(
                        Locale.ROOT, "%.2f ± %.2f (%d)", 100 * spread.mean(), 100 * spread.deviation(), spread.seeds());
    }

    static JsonObject json(Map<String, PruningCurves> networks, Path output) {
        JsonArray points = new JsonArray();
        networks.forEach((network, curves) -> curves.methods.forEach((method, own) -> own.forEach((ratio, seeds) -> {
            Spread spread = Spread.of(List.copyOf(seeds.values()));
            JsonObject point = new JsonObject();
            point.addProperty("network", network);
            point.addProperty("method", method);
            point.addProperty("ratio", ratio);
            point.addProperty("seeds", spread.seeds());
            point.addProperty("accuracy", spread.mean());
            point.addProperty("deviation", spread.deviation());
            point.addProperty("baseline", curves.baseline());
            points.add(point);
        })));
        JsonObject json = new JsonObject();
        json.add("points", points);
        json.addProperty("output", output.toString());
        return json;
    }
}
