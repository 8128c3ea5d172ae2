package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.train.Classifier;
import dev.narrows.train.Curve;
import dev.narrows.train.Distillation;
import dev.narrows.train.Inputs;
import dev.narrows.train.Measured;
import dev.narrows.train.Training;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.Head;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code narrows train fit}. */
@Command(
        name = "fit",
        description = {
            "Train a network on labelled items: one of the zoo from scratch, or a given one further. With --teacher it "
                    + "learns from another network too.",
            "",
            "Writes model.onnx (the weights that were best on held-out items), curve.csv, curve.png and report.json. A "
                    + "training that was interrupted goes on from its last epoch when the same command is given again."
        },
        footer = {
            "  narrows train fit --network cnn --data fashion-mnist --epochs 20 --augment shift:2,flip -o trained",
            "  narrows train fit --network model.onnx --data photos/ --size 96 --optimizer sgd:rate=0.01 -o tuned",
            "  narrows train fit --network dscnn --data speech/ --seconds 2 --teacher big.onnx -o student",
            "  docs/zoo.md tells the networks of the zoo, docs/data.md the data."
        })
final class TrainFitCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private TrainCommand train;

    @Option(
            names = "--network",
            required = true,
            paramLabel = "SPEC|FILE",
            description = "Of the zoo (cnn, resnet:depth=20, mobilenet:width=0.5 …), or an ONNX file.")
    @SuppressWarnings("NullAway.Init")
    private String network;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The directory to write to.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Option(
            names = "--freeze",
            paramLabel = "REGEX",
            description = "Keep the weights whose name has this in it (a sound's front end is always kept).")
    private @Nullable String freeze;

    @Option(
            names = "--task-weights",
            split = ",",
            paramLabel = "W",
            description = "Several label columns: how much each task counts (default: 1 each).")
    private List<Double> taskWeights = new ArrayList<>();

    @ArgGroup(exclusive = false)
    private @Nullable TeacherArguments teacher;

    @Mixin
    private final TrainData data = new TrainData();

    @Mixin
    private final TrainInputs inputs = new TrainInputs();

    @Mixin
    private final TrainLoop loop = new TrainLoop();

    /** What is needed to listen to a teacher. */
    static final class TeacherArguments {

        @Option(
                names = "--teacher",
                required = true,
                paramLabel = "FILE",
                description = "An ONNX network of the same classes to learn from.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Path file;

        @Option(
                names = "--teacher-weight",
                paramLabel = "W",
                description = "Of its answers against the labels', 0 to 1 (default: 0.7).")
        private double weight = Distillation.DEFAULT_WEIGHT;

        @Option(
                names = "--temperature",
                paramLabel = "T",
                description = "That softens the answers (default: 4).")
        private double temperature = Distillation.DEFAULT_TEMPERATURE;

        @Option(
                names = "--hint",
                paramLabel = "MINE=THEIRS",
                description = "Inner values to become alike; repeat it for more.")
        private Map<String, String> hints = new LinkedHashMap<>();

        @Option(names = "--hint-weight", paramLabel = "W", description = "Of the hints (default: 1).")
        private double hintWeight = 1;

        Distillation read(TrainInputs inputs) {
            Network network = OnnxReader.read(file);
            return new Distillation(network, inputs.of(network), weight, temperature, hints, hintWeight);
        }
    }

    TrainFitCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        TrainData.Parts parts = data.open(loop.seed());
        List<Labels> tasks = parts.train().labels();
        if (tasks.isEmpty() && teacher == null) {
            throw new InvalidException("labels: none in the data (expected: some, or --teacher)");
        }
        Network start = start(parts, tasks);
        Optional<Distillation> distillation = Optional.ofNullable(teacher).map(given -> given.read(inputs));
        Files.createDirectories(output);
        Inputs taken = inputs.of(start);
        Network trained;
        Curve curve;
        try (Classifier classifier = new Classifier(start, taken, loop.loss(), taskWeights, distillation);
                TrainProgress progress = new TrainProgress(terminal, "training")) {
            classifier.require(parts.train());
            classifier.freeze(name -> name.startsWith("frontend.") || (freeze != null && name.matches(".*" + freeze + ".*")));
            String what = "network " + network + ", teacher " + distillation.isPresent();
            curve = Training.run(
                    classifier,
                    parts.train(),
                    parts.held(),
                    loop.options(parts.train(), output.resolve("checkpoints"), what).build(),
                    progress);
            trained = classifier.trained();
        }
        report(parts, tasks, trained, curve, Measured.accuracy(trained, taken, parts.test()));
        return 0;
    }

    private Network start(TrainData.Parts parts, List<Labels> tasks) {
        if (Files.exists(Path.of(network))) {
            return OnnxReader.read(Path.of(network));
        }
        Architecture architecture = Architecture.parse(network);
        InputShape shape = shape(parts);
        if (tasks.isEmpty()) {
            throw new InvalidException("classes: unknown without labels (expected: an ONNX file for --network)");
        }
        return tasks.size() == 1
                ? Zoo.build(architecture, shape, tasks.get(0).classes().size(), loop.seed())
                : Zoo.build(
                        architecture,
                        shape,
                        tasks.stream()
                                .map(task -> new Head(task.task(), task.classes().size()))
                                .toList(),
                        loop.seed());
    }

    private static InputShape shape(TrainData.Parts parts) {
        long[] dims = parts.train().shape();
        Kind kind = parts.train().kind();
        if (kind instanceof Kind.Image) {
            return new InputShape.Image((int) dims[0], (int) dims[1], (int) dims[2]);
        }
        if (kind instanceof Kind.Sound sound) {
            return new InputShape.Sound((int) dims[dims.length - 1], sound.rate());
        }
        if (dims.length == 2) {
            return new InputShape.Series((int) dims[0], (int) dims[1]);
        }
        int count = 1;
        for (long length : dims) {
            count = Math.multiplyExact(count, (int) length);
        }
        return new InputShape.Values(count);
    }

    private void report(
            TrainData.Parts parts, List<Labels> tasks, Network trained, Curve curve, List<Double> accuracy)
            throws IOException {
        Path model = output.resolve("model.onnx");
        TrainFiles.write(model, trained);
        TrainFiles.writeCurve(output, curve);
        JsonObject json = new JsonObject();
        json.addProperty("model", model.toString());
        json.addProperty("network", network);
        json.addProperty("seed", loop.seed());
        json.addProperty("train_items", parts.train().size());
        json.addProperty("held_items", parts.held().size());
        json.addProperty("test_items", parts.test().size());
        json.addProperty("epochs", curve.points().size());
        json.addProperty(
                "seconds",
                curve.points().stream().mapToDouble(Curve.Point::seconds).sum());
        JsonObject perTask = new JsonObject();
        for (int task = 0; task < accuracy.size(); task++) {
            perTask.addProperty(task < tasks.size() ? tasks.get(task).task() : "output " + task, accuracy.get(task));
        }
        json.add("test_accuracy", perTask);
        Files.writeString(output.resolve("report.json"), JsonOutput.document(json) + "\n");
        if (train.json()) {
            terminal.out().println(JsonOutput.document(json));
            return;
        }
        Table table = new Table("task", ">test accuracy");
        for (Map.Entry<String, com.google.gson.JsonElement> task : perTask.entrySet()) {
            table.row(task.getKey(), Quantity.percent(task.getValue().getAsDouble()));
        }
        table.print(terminal.out());
        terminal.out().println(model + ", measured in ONNX Runtime on " + parts.test().size()
                + " items; the training is in " + output.resolve("curve.png"));
    }
}
