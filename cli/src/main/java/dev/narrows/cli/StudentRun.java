package dev.narrows.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.narrows.data.Labels;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.train.Classifier;
import dev.narrows.train.Curve;
import dev.narrows.train.Distillation;
import dev.narrows.train.Inputs;
import dev.narrows.train.Measured;
import dev.narrows.train.Training;
import dev.narrows.zoo.NetworkBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One network learning its labels, from a teacher too if there is one, and what is left in its directory.
 *
 * @param network of the zoo, or an ONNX file
 * @param freeze what the names of weights that are kept have in them
 */
record StudentRun(
        Terminal terminal,
        boolean json,
        String network,
        Path output,
        Optional<String> freeze,
        List<Double> taskWeights,
        TrainInputs inputs,
        TrainLoop loop) {

    void run(TrainData.Parts parts, Optional<Distillation> teacher) throws IOException {
        List<Labels> tasks = parts.train().labels();
        if (tasks.isEmpty() && teacher.isEmpty()) {
            throw new InvalidException("labels: none in the data (expected: some, or a teacher)");
        }
        Network start = StudentNetwork.of(network, parts.train(), loop.seed());
        Files.createDirectories(output);
        Inputs taken = inputs.of(start, parts.train());
        Network trained;
        Curve curve;
        try (Classifier classifier = new Classifier(start, taken, loop.loss(), taskWeights, teacher);
                TrainProgress progress = new TrainProgress(terminal, "training")) {
            classifier.require(parts.train());
            freeze(classifier);
            curve = Training.run(
                    classifier,
                    parts.train(),
                    parts.held(),
                    loop.options(parts.train(), output.resolve("checkpoints"), "network " + network + teacher(teacher))
                            .build(),
                    progress);
            trained = loop.written(classifier.trained());
        }
        report(parts, tasks, trained, curve, Measured.accuracy(trained, taken, parts.test()));
    }

    private void freeze(Classifier classifier) {
        classifier.freeze(NetworkBuilder::isFrozen);
        freeze.map(Pattern::compile)
                .ifPresent(pattern ->
                        classifier.freeze(name -> pattern.matcher(name).find()));
    }

    private static String teacher(Optional<Distillation> teacher) {
        return teacher.map(how -> ", teacher of weight " + how.weight() + " at " + how.temperature() + ", hints "
                        + how.hints() + " " + how.hintWeight())
                .orElse("");
    }

    private void report(TrainData.Parts parts, List<Labels> tasks, Network trained, Curve curve, List<Double> accuracy)
            throws IOException {
        Path model = output.resolve("model.onnx");
        OnnxFiles.write(trained, model);
        TrainFiles.writeCurve(output, curve);
        TrainFiles.writeLabels(output, tasks);
        JsonObject report = new JsonObject();
        report.addProperty("model", model.toString());
        report.addProperty("network", network);
        report.addProperty("seed", loop.seed());
        report.addProperty("train_items", parts.train().size());
        report.addProperty("held_items", parts.held().size());
        report.addProperty("test_items", parts.test().size());
        report.addProperty("epochs", curve.points().size());
        report.addProperty(
                "seconds",
                curve.points().stream().mapToDouble(Curve.Point::seconds).sum());
        JsonObject perTask = new JsonObject();
        for (int task = 0; task < accuracy.size(); task++) {
            perTask.addProperty(task < tasks.size() ? tasks.get(task).task() : "output " + task, accuracy.get(task));
        }
        report.add("test_accuracy", perTask);
        Files.writeString(output.resolve("report.json"), JsonOutput.document(report) + "\n");
        if (json) {
            terminal.out().println(JsonOutput.document(report));
            return;
        }
        Table table = new Table("task", ">test accuracy");
        for (Map.Entry<String, JsonElement> task : perTask.entrySet()) {
            table.row(task.getKey(), Quantity.percent(task.getValue().getAsDouble()));
        }
        table.print(terminal.out());
        terminal.out()
                .println(model + ", measured in ONNX Runtime on " + parts.test().size() + " items; the training is in "
                        + output.resolve("curve.png"));
    }
}
