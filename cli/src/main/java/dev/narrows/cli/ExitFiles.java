package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxReader;
import dev.narrows.train.ChosenGates;
import dev.narrows.train.ExitMaker;
import dev.narrows.train.ExitReport;
import dev.narrows.train.GateOutcome;
import dev.narrows.train.Reliability;
import dev.narrows.wire.bundle.Gate;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

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

    void writeNetworks(ExitMaker.Parts parts) {
        OnnxFiles.write(parts.trunk(), directory.resolve(MODEL));
        for (int exit = 0; exit < parts.exits().size(); exit++) {
            OnnxFiles.write(parts.exits().get(exit), directory.resolve(file(exit)));
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
    void writeReport(ExitReport measured, List<Cut> cuts, JsonObject settings, int items) throws IOException {
        report = report(measured, cuts, settings);
        Files.writeString(directory.resolve("report.json"), JsonOutput.document(report) + "\n");
        Files.writeString(directory.resolve(EXITS), JsonOutput.document(exits(measured, cuts, items)) + "\n");
        picture(measured);
    }

    JsonObject report() {
        return report;
    }

    /** Each exit that the chosen gates use with the keys of a bundle's manifest, and the gates of every kind. */
    private static JsonObject exits(ExitReport measured, List<Cut> cuts, int items) {
        JsonArray all = new JsonArray();
        JsonArray unused = new JsonArray();
        for (int exit = 0; exit < cuts.size(); exit++) {
            Optional<Gate> gate = measured.chosen().choice().gates().gate(exit, measured.classes());
            if (gate.isEmpty()) {
                unused.add(cuts.get(exit).name());
                continue;
            }
            ExitReport.Exit alone = measured.exits().get(exit);
            JsonObject one = new JsonObject();
            one.addProperty("cut", cuts.get(exit).name());
            one.addProperty("file", file(exit));
            one.addProperty("temperature", alone.calibration().temperature());
            one.add("gate", gate(gate.get()));
            one.addProperty("macs", measured.costs().heads().get(exit));
            GateOutcome.Exit outcome = measured.chosen().test().exits().get(exit);
            JsonObject heldOut = new JsonObject();
            heldOut.addProperty("items", items);
            heldOut.addProperty("coverage", outcome.coverage());
            heldOut.addProperty("accuracy", outcome.accuracy());
            heldOut.addProperty("calibration_error_before", alone.before().error());
            heldOut.addProperty("calibration_error_after", alone.after().error());
            one.add("held_out", heldOut);
            all.add(one);
        }
        JsonObject kinds = new JsonObject();
        for (ExitReport.Kind kind : measured.kinds()) {
            kinds.add(kind.kind().id(), gates(measured, kind));
        }
        JsonObject json = new JsonObject();
        json.addProperty("model", MODEL);
        json.add("exits", all);
        json.add("unused", unused);
        json.addProperty("gate", measured.best().id());
        json.add("gates", kinds);
        json.addProperty("allowed_loss", measured.allowed());
        json.add("measured", outcome(measured.chosen().test()));
        return json;
    }

    /** What {@code narrows pack} takes for each exit that the chosen gates use. */
    private List<String> packed(ExitReport measured, List<Cut> cuts) {
        List<String> options = new ArrayList<>();
        for (int exit = 0; exit < cuts.size(); exit++) {
            Optional<Gate> gate = measured.chosen().choice().gates().gate(exit, measured.classes());
            if (gate.isPresent()) {
                options.add(cuts.get(exit).name() + "=" + directory.resolve(file(exit)) + ",gate=" + gate.get()
                        + ",temperature="
                        + measured.exits().get(exit).calibration().temperature());
            }
        }
        return options;
    }

    private static JsonObject gate(Gate gate) {
        JsonObject json = new JsonObject();
        json.addProperty("kind", gate.kind());
        if (gate instanceof Gate.Learned learned) {
            JsonArray weights = new JsonArray();
            learned.weights().forEach(weights::add);
            json.add("weights", weights);
            json.addProperty("bias", learned.bias());
        }
        json.addProperty("threshold", gate.threshold());
        return json;
    }

    /** A kind's gate of each exit; null where it stays closed. */
    private static JsonArray gates(ExitReport measured, ExitReport.Kind kind) {
        JsonArray gates = new JsonArray();
        for (int exit = 0; exit < measured.exits().size(); exit++) {
            Optional<Gate> gate = kind.choice().gates().gate(exit, measured.classes());
            gates.add(gate.isPresent() ? gate(gate.get()) : JsonNull.INSTANCE);
        }
        return gates;
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
        json.addProperty("gate_sureness_error", outcome.surenessError());
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

    private JsonObject report(ExitReport measured, List<Cut> cuts, JsonObject settings) {
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
            one.add("gates", gates(measured, kind));
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
        json.add("pack", JsonOutput.strings(packed(measured, cuts)));
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
                    Quantity.percent((double) measured.costs().reach().get(exit)
                            / measured.costs().trunk()),
                    Quantity.percent((double) measured.costs().heads().get(exit)
                            / measured.costs().trunk()),
                    Quantity.percent(one.accuracy()),
                    String.format(Locale.ROOT, "%.2f", one.calibration().temperature()),
                    Quantity.percent(one.before().error()),
                    Quantity.percent(one.after().error()));
        }
        exits.print(out);
        out.println();
        Table gates =
                new Table("gate", ">coverage", ">accuracy", ">loss", ">±", ">compute", ">gate's error", "thresholds");
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
                + Quantity.percent(measured.last()) + "; chosen on held items: "
                + measured.best().id());
        for (ExitReport.Kind kind : measured.kinds()) {
            if (!kind.choice().kept()) {
                out.println("note: " + kind.kind().id() + " loses "
                        + points(kind.choice().loss()) + " points on held items even with all gates closed (allowed: "
                        + points(measured.allowed()) + ")");
            }
        }
        for (int exit = 0; exit < cuts.size(); exit++) {
            if (!measured.chosen().choice().gates().uses(exit)) {
                out.println(
                        "note: the exit at " + cuts.get(exit).name() + " is not worth its work: its gate is closed");
            }
        }
        List<String> options = packed(measured, cuts);
        if (!options.isEmpty()) {
            out.println("to pack: narrows pack " + directory.resolve(MODEL)
                    + cuts.stream().map(cut -> " --at '" + cut.name() + "'").collect(Collectors.joining())
                    + options.stream().map(option -> " --exit '" + option + "'").collect(Collectors.joining()));
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
                            ? String.format(
                                    Locale.ROOT, "%.4f", gates.thresholds().get(exit))
                            : "closed");
        }
        return String.join(", ", texts);
    }
}
