package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.train.ChosenGates;
import dev.narrows.train.ExitMaker;
import dev.narrows.train.ExitReport;
import dev.narrows.train.GateKind;
import dev.narrows.train.GateOutcome;
import dev.narrows.train.LearnedGate;
import dev.narrows.train.Reliability;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code narrows train exits} leaves in its directory, and says. */
final class ExitFiles {

    private static final String MODEL = "model.onnx";
    private static final String EXITS = "exits.json";
    private static final String PICTURE = "coverage.png";

    private final Path directory;
    private JsonObject report = new JsonObject();

    ExitFiles(Path directory) {
        this.directory = directory;
    }

    static String file(int exit) {
        return "exit-" + (exit + 1) + ".onnx";
    }

    void writeNetworks(ExitMaker.Parts parts) throws IOException {
        TrainFiles.write(directory.resolve(MODEL), parts.trunk());
        for (int exit = 0; exit < parts.exits().size(); exit++) {
            TrainFiles.write(directory.resolve(file(exit)), parts.exits().get(exit));
        }
    }

    ExitMaker.Parts readNetworks(int exits) {
        List<Network> read = new ArrayList<>();
        for (int exit = 0; exit < exits; exit++) {
            read.add(OnnxReader.read(directory.resolve(file(exit))));
        }
        return new ExitMaker.Parts(OnnxReader.read(directory.resolve(MODEL)), read);
    }

    /** Where a report comes from. */
    static JsonObject settings(Path model, long seed, int trained, int held, int test, double calibrate) {
        JsonObject json = new JsonObject();
        json.addProperty("model", model.toString());
        json.addProperty("seed", seed);
        json.addProperty("train_items", trained);
        json.addProperty("held_items", held);
        json.addProperty("held_from", calibrate > 0 ? "test" : "train");
        json.addProperty("test_items", test);
        return json;
    }

    /** Writes report.json, exits.json and coverage.png. */
    void writeReport(ExitReport measured, List<Cut> cuts, JsonObject settings) throws IOException {
        report = report(measured, cuts, settings);
        Files.writeString(directory.resolve("report.json"), JsonOutput.document(report) + "\n");
        Files.writeString(directory.resolve(EXITS), JsonOutput.document(exits(measured, cuts)) + "\n");
        picture(measured);
    }

    JsonObject report() {
        return report;
    }

    private static JsonObject exits(ExitReport measured, List<Cut> cuts) {
        JsonObject json = new JsonObject();
        json.addProperty("model", MODEL);
        json.addProperty("gate", measured.best().id());
        json.addProperty("allowed_loss", measured.allowed());
        JsonArray all = new JsonArray();
        for (int exit = 0; exit < cuts.size(); exit++) {
            JsonObject one = new JsonObject();
            one.addProperty("name", "exit" + (exit + 1));
            one.addProperty("cut", cuts.get(exit).name());
            one.addProperty("file", file(exit));
            one.addProperty("temperature", measured.exits().get(exit).calibration().temperature());
            one.addProperty("macs", measured.costs().heads().get(exit));
            one.addProperty("macs_before", measured.costs().reach().get(exit));
            JsonObject gates = new JsonObject();
            for (ExitReport.Kind kind : measured.kinds()) {
                gates.add(kind.kind().id(), gate(kind.choice().gates(), exit));
            }
            one.add("gates", gates);
            GateOutcome.Exit outcome = measured.chosen().test().exits().get(exit);
            one.addProperty("coverage", outcome.coverage());
            one.addProperty("accuracy", outcome.accuracy());
            all.add(one);
        }
        json.add("exits", all);
        json.add("measured", outcome(measured.chosen().test()));
        return json;
    }

    /** A threshold of null: the gate stays closed. */
    private static JsonObject gate(ChosenGates gates, int exit) {
        JsonObject json = new JsonObject();
        json.add("threshold", gates.uses(exit) ? JsonOutput.number(gates.thresholds().get(exit)) : JsonNull.INSTANCE);
        if (gates.kind() == GateKind.LEARNED) {
            LearnedGate learned = gates.learned().get(exit);
            json.addProperty("bias", learned.bias());
            JsonArray weights = new JsonArray();
            learned.weights().forEach(weights::add);
            json.add("weights", weights);
        }
        return json;
    }

    private static JsonObject outcome(GateOutcome outcome) {
        JsonObject json = new JsonObject();
        json.addProperty("coverage", outcome.coverage());
        json.addProperty("accuracy", outcome.accuracy());
        json.addProperty("loss", outcome.loss());
        json.addProperty("loss_standard_error", outcome.lossError());
        json.addProperty("mean_macs", outcome.meanMacs());
        json.addProperty("macs_share", outcome.macsShare());
        json.addProperty("gate_calibration_error", outcome.calibrationError());
        JsonArray exits = new JsonArray();
        for (GateOutcome.Exit exit : outcome.exits()) {
            JsonObject one = new JsonObject();
            one.addProperty("coverage", exit.coverage());
            one.addProperty("accuracy", exit.accuracy());
            one.addProperty("confidence", exit.confidence());
            exits.add(one);
        }
        json.add("exits", exits);
        return json;
    }

    private static JsonObject report(ExitReport measured, List<Cut> cuts, JsonObject settings) {
        JsonObject json = settings;
        json.addProperty("allowed_loss", measured.allowed());
        json.addProperty("original_accuracy", measured.original());
        json.addProperty("last_accuracy", measured.last());
        json.addProperty("macs", measured.costs().trunk());
        JsonArray exits = new JsonArray();
        for (int exit = 0; exit < cuts.size(); exit++) {
            ExitReport.Exit one = measured.exits().get(exit);
            JsonObject entry = new JsonObject();
            entry.addProperty("cut", cuts.get(exit).name());
            entry.addProperty("macs_before", measured.costs().reach().get(exit));
            entry.addProperty("macs", measured.costs().heads().get(exit));
            entry.addProperty("accuracy", one.accuracy());
            entry.addProperty("temperature", one.calibration().temperature());
            entry.addProperty("held_loss_before", one.calibration().lossBefore());
            entry.addProperty("held_loss_after", one.calibration().lossAfter());
            entry.addProperty("calibration_error_before", one.before().error());
            entry.addProperty("calibration_error_after", one.after().error());
            entry.add("reliability_before", bins(one.before()));
            entry.add("reliability_after", bins(one.after()));
            exits.add(entry);
        }
        json.add("exits", exits);
        JsonObject gates = new JsonObject();
        for (ExitReport.Kind kind : measured.kinds()) {
            JsonObject one = outcome(kind.test());
            one.addProperty("chosen_for_loss", kind.choice().inner());
            one.addProperty("held_loss", kind.choice().loss());
            one.addProperty("held_mean_macs", kind.choice().macs());
            one.addProperty("within_allowed_loss_on_held", kind.choice().kept());
            JsonArray chosen = new JsonArray();
            for (int exit = 0; exit < cuts.size(); exit++) {
                chosen.add(gate(kind.choice().gates(), exit));
            }
            one.add("gates", chosen);
            JsonArray curve = new JsonArray();
            for (GateOutcome point : kind.curve()) {
                JsonObject at = new JsonObject();
                at.addProperty("coverage", point.coverage());
                at.addProperty("accuracy", point.accuracy());
                at.addProperty("macs_share", point.macsShare());
                curve.add(at);
            }
            one.add("curve", curve);
            gates.add(kind.kind().id(), one);
        }
        json.add("gates", gates);
        json.addProperty("gate", measured.best().id());
        return json;
    }

    private static JsonElement bins(Reliability reliability) {
        JsonArray bins = new JsonArray();
        for (Reliability.Bin bin : reliability.bins()) {
            JsonObject one = new JsonObject();
            one.addProperty("to", bin.to());
            one.addProperty("items", bin.items());
            one.addProperty("confidence", bin.confidence());
            one.addProperty("accuracy", bin.accuracy());
            bins.add(one);
        }
        return bins;
    }

    private void picture(ExitReport measured) throws IOException {
        LinePlot plot = new LinePlot(
                "Accuracy by mean compute", "multiply-accumulates, % of the network", "test accuracy, %", false);
        for (ExitReport.Kind kind : measured.kinds()) {
            for (GateOutcome point : kind.curve()) {
                plot.add(kind.kind().id(), 100 * point.macsShare(), 100 * point.accuracy());
            }
        }
        for (ExitReport.Kind kind : measured.kinds()) {
            plot.mark("chosen", 100 * kind.test().macsShare(), 100 * kind.test().accuracy());
        }
        plot.add("as it was", 100, 100 * measured.original());
        plot.write(directory.resolve(PICTURE));
    }

    void print(PrintWriter out, ExitReport measured, List<Cut> cuts, int items) {
        Table exits = new Table("exit", ">MACs before", ">own", ">accuracy", ">temperature", ">ECE before", ">after");
        for (int exit = 0; exit < cuts.size(); exit++) {
            ExitReport.Exit one = measured.exits().get(exit);
            exits.row(
                    cuts.get(exit).name(),
                    Quantity.percent((double) measured.costs().reach().get(exit) / measured.costs().trunk()),
                    Quantity.percent((double) measured.costs().heads().get(exit) / measured.costs().trunk()),
                    Quantity.percent(one.accuracy()),
                    String.format(Locale.ROOT, "%.2f", one.calibration().temperature()),
                    Quantity.percent(one.before().error()),
                    Quantity.percent(one.after().error()));
        }
        exits.print(out);
        out.println();
        Table gates = new Table("gate", ">coverage", ">accuracy", ">loss", ">±", ">compute", ">gate's error", "thresholds");
        for (ExitReport.Kind kind : measured.kinds()) {
            GateOutcome test = kind.test();
            gates.row(
                    kind.kind().id(),
                    Quantity.percent(test.coverage()),
                    Quantity.percent(test.accuracy()),
                    String.format(Locale.ROOT, "%.2f", 100 * test.loss()),
                    String.format(Locale.ROOT, "%.2f", 100 * test.lossError()),
                    Quantity.percent(test.macsShare()),
                    Quantity.percent(test.calibrationError()),
                    thresholds(kind.choice().gates()));
        }
        gates.print(out);
        out.println("as it was: " + Quantity.percent(measured.original()) + "; its last layer now: "
                + Quantity.percent(measured.last()) + "; chosen on held items: " + measured.best().id());
        for (ExitReport.Kind kind : measured.kinds()) {
            if (!kind.choice().kept()) {
                out.println("note: " + kind.kind().id() + " loses " + points(kind.choice().loss())
                        + " points on held items even with all gates closed (allowed: " + points(measured.allowed()) + ")");
            }
        }
        out.println("measured in ONNX Runtime on " + items + " items; " + directory + " has the networks, " + EXITS
                + " and " + PICTURE);
    }

    private static String points(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    private static String thresholds(ChosenGates gates) {
        List<String> texts = new ArrayList<>();
        for (int exit = 0; exit < gates.thresholds().size(); exit++) {
            texts.add(
                    gates.uses(exit)
                            ? String.format(Locale.ROOT, "%.4f", gates.thresholds().get(exit))
                            : "closed");
        }
        return String.join(", ", texts);
    }
}
