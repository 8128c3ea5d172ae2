package dev.narrows.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code narrows train fit}. */
@Command(
        name = "fit",
        description = {
            "Train a network on labelled items: one of the zoo from scratch, or a given one further.",
            "",
            "Writes model.onnx (the weights that were best on held-out items), curve.csv, curve.png and report.json. A "
                    + "training that was interrupted goes on from its last epoch when the same command is given again."
        },
        footer = {
            "  narrows train fit --network cnn --data fashion-mnist --epochs 20 --augment shift:2,flip -o trained",
            "  narrows train fit --network model.onnx --data photos/ --size 96 --optimizer sgd:rate=0.01 -o tuned",
            "  narrows train fit --network cnn --data d --augment image-strong --loss generalised --mix-up 0.2 -o robust",
            "  narrows train fit --network mobilenet --data labels.csv --labels-of kind,colour -o two-tasks",
            "  narrows train fit --network 'intermediate: image=cnn; sound=dscnn' --data both.csv --files-of image,sound -o o",
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
            description =
                    "Of the zoo (cnn, resnet:depth=20 …; for several modalities such as \"late: image=cnn; sound=dscnn\"), "
                            + "or an ONNX file.")
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

    @Mixin
    private final TrainData data = new TrainData();

    @Mixin
    private final TrainInputs inputs = new TrainInputs();

    @Mixin
    private final TrainLoop loop = new TrainLoop();

    TrainFitCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        StudentRun run = new StudentRun(
                terminal, train.json(), network, output, Optional.ofNullable(freeze), taskWeights, inputs, loop);
        run.run(data.open(loop.seed()), Optional.empty());
        return 0;
    }
}
