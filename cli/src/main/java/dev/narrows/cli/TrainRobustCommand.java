package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.augment.Corruption;
import dev.narrows.augment.CorruptionSuite;
import dev.narrows.augment.Corruptions;
import dev.narrows.data.Dataset;
import dev.narrows.data.Datasets;
import dev.narrows.data.Kind;
import dev.narrows.data.Modality;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.train.CorruptedData;
import dev.narrows.train.FreeBatch;
import dev.narrows.train.Measured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows train robust}. */
@Command(
        name = "robust",
        description = {
            "Measure what networks stand: accuracy on the test items under every corruption at five severities, the same "
                    + "items for each network. Of several modalities one is corrupted at a time.",
            "",
            "To make one stand more, train it with `narrows train fit --augment image-strong --loss generalised "
                    + "--mix-up 0.2`. Writes robustness.csv, robustness.png and report.json."
        },
        footer = {
            "  narrows train robust plain/model.onnx robust/model.onnx --data fashion-mnist -o compared",
            "  narrows train robust model.onnx --data speech/ --seconds 2 --test-per-class 20 -o heard",
            "  docs/augmentation.md tells the corruptions."
        })
final class TrainRobustCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private TrainCommand train;

    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "ONNX files of classifiers, to be compared.")
    private List<Path> models = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The directory to write to.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Option(
            names = "--test-per-class",
            paramLabel = "N",
            description = "Take no more than N test items of each class (default: all).")
    private int testPerClass;

    @Option(names = "--seed", paramLabel = "N", description = "Of the corruptions (default: 0).")
    private long seed;

    @Mixin
    private final TrainData data = new TrainData();

    @Mixin
    private final TrainInputs inputs = new TrainInputs();

    TrainRobustCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Dataset all = data.open(seed).test();
        Dataset test = testPerClass > 0 ? Datasets.limited(all, testPerClass, seed) : all;
        List<Network> networks = new ArrayList<>();
        for (Path model : models) {
            networks.add(FreeBatch.of(OnnxReader.read(model)));
        }
        Files.createDirectories(output);
        Map<String, Dataset> corrupted = corrupted(test);
        Map<String, double[]> accuracy = new LinkedHashMap<>();
        try (Progress progress = terminal.progress("corruptions", corrupted.size() + 1L)) {
            accuracy.put("clean", measure(networks, test));
            progress.step();
            for (Map.Entry<String, Dataset> corruption : corrupted.entrySet()) {
                accuracy.put(corruption.getKey(), measure(networks, corruption.getValue()));
                progress.step();
            }
        }
        report(test.size(), accuracy);
        return 0;
    }

    /** The items under each corruption; of several modalities one is corrupted and the others stay as they are. */
    private Map<String, Dataset> corrupted(Dataset test) {
        Map<String, Dataset> corrupted = new LinkedHashMap<>();
        if (test.kind() instanceof Kind.Several items) {
            for (Modality modality : items.modalities()) {
                for (CorruptionSuite.Case one : cases(Datasets.only(test, modality.name()))) {
                    corrupted.put(modality.name() + "." + one.name(), new CorruptedData(test, modality, one));
                }
            }
        } else {
            cases(test).forEach(one -> corrupted.put(one.name(), new CorruptedData(test, one)));
        }
        if (corrupted.isEmpty()) {
            throw new InvalidException("data: neither images nor sound (expected: one of both, to be corrupted)");
        }
        return corrupted;
    }

    private List<CorruptionSuite.Case> cases(Dataset items) {
        return TrainMedium.of(items)
                .map(medium -> new CorruptionSuite(Corruptions.of(medium), seed).cases())
                .orElse(List.of());
    }

    private double[] measure(List<Network> networks, Dataset items) {
        double[] shares = new double[networks.size()];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = Measured.accuracy(networks.get(i), inputs.of(networks.get(i), items), items)
                    .get(0);
        }
        return shares;
    }

    private void report(int items, Map<String, double[]> accuracy) throws IOException {
        StringBuilder csv = new StringBuilder("corruption,severity");
        models.forEach(model -> csv.append(',').append(model));
        csv.append('\n');
        double[] means = new double[models.size()];
        Map<String, double[]> byKind = new LinkedHashMap<>();
        LinePlot plot = new LinePlot("Accuracy under corruption", "severity", "mean test accuracy, %", false);
        double[][] bySeverity = new double[Corruption.SEVERITIES + 1][models.size()];
        int kinds = (accuracy.size() - 1) / Corruption.SEVERITIES;
        for (Map.Entry<String, double[]> entry : accuracy.entrySet()) {
            int dash = entry.getKey().lastIndexOf('-');
            boolean clean = dash < 0;
            String kind = clean ? entry.getKey() : entry.getKey().substring(0, dash);
            int severity = clean ? 0 : Integer.parseInt(entry.getKey().substring(dash + 1));
            csv.append(kind).append(',').append(severity);
            for (int model = 0; model < means.length; model++) {
                double share = entry.getValue()[model];
                csv.append(String.format(Locale.ROOT, ",%.5f", share));
                bySeverity[severity][model] += clean ? share : share / kinds;
                if (!clean) {
                    means[model] += share / (accuracy.size() - 1);
                    byKind.computeIfAbsent(kind, key -> new double[means.length])[model] +=
                            share / Corruption.SEVERITIES;
                }
            }
            csv.append('\n');
        }
        for (int severity = 0; severity <= Corruption.SEVERITIES; severity++) {
            for (int model = 0; model < means.length; model++) {
                plot.add(models.get(model).toString(), severity, 100 * bySeverity[severity][model]);
            }
        }
        Files.writeString(output.resolve("robustness.csv"), csv);
        plot.write(output.resolve("robustness.png"));
        JsonObject report = new JsonObject();
        report.addProperty("items", items);
        report.addProperty("seed", seed);
        JsonArray rows = new JsonArray();
        for (int model = 0; model < means.length; model++) {
            JsonObject row = new JsonObject();
            row.addProperty("model", models.get(model).toString());
            row.addProperty("clean", bySeverity[0][model]);
            row.addProperty("mean_over_corruptions", means[model]);
            rows.add(row);
        }
        report.add("networks", rows);
        Files.writeString(output.resolve("report.json"), JsonOutput.document(report) + "\n");
        if (train.json()) {
            terminal.out().println(JsonOutput.document(report));
            return;
        }
        print(bySeverity[0], means, byKind);
    }

    private void print(double[] clean, double[] means, Map<String, double[]> byKind) {
        String[] heading = new String[models.size() + 1];
        heading[0] = "mean over severities";
        for (int model = 0; model < models.size(); model++) {
            heading[model + 1] = ">" + models.get(model);
        }
        Table table = new Table(heading);
        table.row(row("clean", clean));
        byKind.forEach((kind, shares) -> table.row(row(kind, shares)));
        table.row(row("all corruptions", means));
        table.print(terminal.out());
        terminal.out().println(output.resolve("robustness.csv") + " has every severity");
    }

    private static String[] row(String name, double[] shares) {
        String[] cells = new String[shares.length + 1];
        cells[0] = name;
        for (int i = 0; i < shares.length; i++) {
            cells[i + 1] = Quantity.percent(shares[i]);
        }
        return cells;
    }
}
