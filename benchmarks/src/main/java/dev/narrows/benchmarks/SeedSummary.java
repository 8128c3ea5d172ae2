package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.renderer.category.StatisticalLineAndShapeRenderer;
import org.jfree.data.statistics.DefaultStatisticalCategoryDataset;

/**
 * Mean and deviation over seeds of what {@code narrows train} reported, as JSON and a picture.
 *
 * <pre>
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.SeedSummary distillation \
 *     alone=alone-1/report.json,alone-2/report.json taught=taught-1/report.json,taught-2/report.json
 * </pre>
 *
 * The arguments are the result's name and, for each group, its name and the reports. The deviation is the sample's.
 */
public final class SeedSummary {

    private SeedSummary() {}

    public static void main(String[] arguments) throws IOException {
        String name = arguments[0];
        JsonArray groups = new JsonArray();
        DefaultStatisticalCategoryDataset shown = new DefaultStatisticalCategoryDataset();
        for (String argument : List.of(arguments).subList(1, arguments.length)) {
            String[] parts = argument.split("=", 2);
            List<Double> values = new ArrayList<>();
            JsonArray runs = new JsonArray();
            for (String file : parts[1].split(",", -1)) {
                JsonObject report =
                        JsonParser.parseString(Files.readString(Path.of(file))).getAsJsonObject();
                runs.add(report);
                values.add(accuracy(report));
            }
            double mean = values.stream().mapToDouble(value -> value).average().orElseThrow();
            JsonObject group = new JsonObject();
            group.addProperty("name", parts[0]);
            group.addProperty("mean", mean);
            group.addProperty("deviation", deviation(values, mean));
            group.add("runs", runs);
            groups.add(group);
            shown.add(100 * mean, 100 * deviation(values, mean), "accuracy", parts[0]);
            System.out.printf(
                    Locale.ROOT,
                    "%s: %.2f %% ± %.2f over %d seeds%n",
                    parts[0],
                    100 * mean,
                    100 * deviation(values, mean),
                    values.size());
        }
        JsonObject data = new JsonObject();
        data.add("groups", groups);
        Path file = ResultFile.write(name, "dev.narrows.benchmarks.SeedSummary " + String.join(" ", arguments), data);
        draw(shown, file.resolveSibling(name + ".png"));
        System.out.println(file);
    }

    /** Of the first task. */
    private static double accuracy(JsonObject report) {
        return report.getAsJsonObject("test_accuracy").entrySet().stream()
                .findFirst()
                .orElseThrow()
                .getValue()
                .getAsDouble();
    }

    private static double deviation(List<Double> values, double mean) {
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return values.size() < 2 ? 0 : Math.sqrt(squares / (values.size() - 1));
    }

    private static void draw(DefaultStatisticalCategoryDataset shown, Path file) throws IOException {
        NumberAxis axis = new NumberAxis("test accuracy, %, mean and deviation over seeds");
        axis.setAutoRangeIncludesZero(false);
        CategoryPlot plot =
                new CategoryPlot(shown, new CategoryAxis(), axis, new StatisticalLineAndShapeRenderer(false, true));
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        JFreeChart chart = new JFreeChart(null, JFreeChart.DEFAULT_TITLE_FONT, plot, false);
        chart.setBackgroundPaint(Color.WHITE);
        ChartUtils.saveChartAsPNG(file.toFile(), chart, 720, 420);
    }
}
