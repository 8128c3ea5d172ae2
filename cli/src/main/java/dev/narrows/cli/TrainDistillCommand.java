package dev.narrows.cli;

import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.train.Distillation;
import dev.narrows.train.FreeBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows train distill}. */
@Command(
        name = "distill",
        description = {
            "Teach a small network what a large one knows: the teacher's answers at a temperature, its inner values as "
                    + "hints, and the labels where there are any.",
            "",
            "Teacher and student take the same items and have the same classes; any two ONNX networks will do. Writes "
                    + "model.onnx, curve.csv, curve.png and report.json, as `narrows train fit` does."
        },
        footer = {
            "  narrows train distill big.onnx --student cnn:width=0.25 --data fashion-mnist -o small",
            "  narrows train distill big.onnx --student small.onnx --data unlabelled/ --teacher-weight 1 -o small",
            "  narrows train distill big.onnx --student resnet:depth=8 --data cifar --hint block3=block9 -o small"
        })
final class TrainDistillCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private TrainCommand train;

    @Parameters(paramLabel = "TEACHER", description = "An ONNX file of a trained classifier.")
    @SuppressWarnings("NullAway.Init")
    private Path teacher;

    @Option(
            names = "--student",
            required = true,
            paramLabel = "SPEC|FILE",
            description = "Of the zoo (cnn:width=0.25 …, as --network of `narrows train fit`), or an ONNX file.")
    @SuppressWarnings("NullAway.Init")
    private String student;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The directory to write to.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Option(
            names = "--teacher-weight",
            paramLabel = "W",
            description = "Of the teacher's answers against the labels', 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double weight = Distillation.DEFAULT_WEIGHT;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "That softens the answers (default: ${DEFAULT-VALUE}).")
    private double temperature = Distillation.DEFAULT_TEMPERATURE;

    @Option(
            names = "--hint",
            paramLabel = "STUDENT'S=TEACHER'S",
            description = "Inner values to become alike; repeat it for more.")
    private Map<String, String> hints = new LinkedHashMap<>();

    @Option(names = "--hint-weight", paramLabel = "W", description = "Of the hints (default: ${DEFAULT-VALUE}).")
    private double hintWeight = 1;

    @Mixin
    private final TrainData data = new TrainData();

    @Mixin
    private final TrainInputs inputs = new TrainInputs();

    @Mixin
    private final TrainLoop loop = new TrainLoop();

    TrainDistillCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        TrainData.Parts parts = data.open(loop.seed());
        Network shown = FreeBatch.of(OnnxReader.read(teacher));
        Distillation how = new Distillation(
                shown, inputs.of(shown, parts.train()), weight, temperature, hints, hints.isEmpty() ? 0 : hintWeight);
        StudentRun run =
                new StudentRun(terminal, train.json(), student, output, Optional.empty(), List.of(), inputs, loop);
        run.run(parts, Optional.of(how));
        return 0;
    }
}
