package dev.narrows.cli;

import dev.narrows.data.Labels;
import dev.narrows.train.Curve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What trainings leave behind. */
final class TrainFiles {

    private TrainFiles() {}

    /** Writes the classes' names, a line each, as pack takes them: labels.txt, of several tasks labels-TASK.txt. */
    static void writeLabels(Path directory, List<Labels> tasks) throws IOException {
        for (Labels task : tasks) {
            String name = tasks.size() == 1 ? "labels.txt" : "labels-" + task.task() + ".txt";
            Files.write(directory.resolve(name), task.classes());
        }
    }

    /** Writes curve.csv and curve.png. */
    static void writeCurve(Path directory, Curve curve) throws IOException {
        Files.writeString(directory.resolve("curve.csv"), curve.csv());
        LinePlot plot = new LinePlot("Training", "epoch", "loss, scores", false);
        for (Curve.Point point : curve.points()) {
            plot.add("loss", point.epoch(), point.loss());
            for (Map.Entry<String, Double> score : point.scores().entrySet()) {
                if (Math.abs(score.getValue()) <= 10) { // bits and the like would press the rest flat
                    plot.add(score.getKey(), point.epoch(), score.getValue());
                }
            }
        }
        plot.write(directory.resolve("curve.png"));
    }
}
