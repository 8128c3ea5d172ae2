package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxReader;
import dev.narrows.media.MediaCodec;
import dev.narrows.media.MediaCodecs;
import dev.narrows.media.MediaKind;
import dev.narrows.train.Classifier;
import dev.narrows.train.Curve;
import dev.narrows.train.DecodedData;
import dev.narrows.train.FreeBatch;
import dev.narrows.train.Inputs;
import dev.narrows.train.Measured;
import dev.narrows.train.TrainOptions;
import dev.narrows.train.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows train input}. */
@Command(
        name = "input",
        description = {
            "Measure what sending the input itself costs: each item goes through a usual codec (JPEG, WebP, PNG, PCM, FLAC, "
                    + "Opus, coarse pixels), and the network answers from what is decoded.",
            "",
            "Writes input.csv (mean bytes of the test items, accuracy of the network as it is and, with --fine-tune, of one "
                    + "that learned from decoded items), report.json and input.png: accuracy by bytes."
        },
        footer = {
            "  narrows train input model.onnx --data fashion-mnist -o input",
            "  narrows train input model.onnx --data photos/ --size 96 --codecs jpeg-bare:5,jpeg-bare:20,webp-bare:10 \\",
            "      --fine-tune 5 --optimizer adamw:rate=3e-4 -o input",
            "  narrows train bottleneck model.onnx --cut auto --data photos/ --size 96 --beside input/input.csv -o narrow"
        })
final class TrainInputCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private TrainCommand train;

    @Parameters(paramLabel = "MODEL", description = "An ONNX file of a trained classifier.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Option(
            names = "--codecs",
            split = ",",
            paramLabel = "CODEC",
            description = "auto, or some of " + MediaCodecs.HELP + " (default: auto).")
    private List<String> codecs = new ArrayList<>(List.of("auto"));

    @Option(
            names = "--fine-tune",
            paramLabel = "N",
            description = "Epochs that the network learns from decoded items, for each codec anew (default: 0).")
    private int fineTune;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The directory to write to.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Mixin
    private final TrainData data = new TrainData();

    @Mixin
    private final TrainInputs inputs = new TrainInputs();

    @Mixin
    private final TrainLoop loop = new TrainLoop();

    private TrainInputCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The command without {@code --epochs}, which {@code --fine-tune} tells. */
    static CommandLine commandLine(Terminal terminal) {
        CommandLine line = new CommandLine(new TrainInputCommand(terminal));
        line.getCommandSpec().remove(line.getCommandSpec().findOption("--epochs"));
        return line;
    }

    @Override
    public Integer call() throws IOException {
        if (fineTune < 0) {
            throw new WrongUseException("--fine-tune: " + fineTune + " (expected: 0 or more)");
        }
        TrainData.Parts parts = data.open(loop.seed());
        List<MediaCodec> chosen = chosen(parts);
        Network network = FreeBatch.of(OnnxReader.read(model));
        Inputs taken = inputs.of(network, parts.train());
        Files.createDirectories(output);
        double original = Measured.accuracy(network, taken, parts.test()).get(0);
        List<InputPoints.Point> points = new ArrayList<>();
        for (MediaCodec codec : chosen) {
            points.add(point(network, taken, parts, codec));
        }
        report(parts, new InputPoints(original, points));
        return 0;
    }

    private List<MediaCodec> chosen(TrainData.Parts parts) {
        MediaKind kind = DecodedData.kind(parts.test());
        if (codecs.equals(List.of("auto"))) {
            return MediaCodecs.ladder(kind, parts.test().shape());
        }
        return codecs.stream()
                .distinct()
                .map(name -> MediaCodecs.parse(name, kind))
                .toList();
    }

    private InputPoints.Point point(Network network, Inputs taken, TrainData.Parts parts, MediaCodec codec)
            throws IOException {
        DecodedData test = terminal.waiting(codec.name(), () -> DecodedData.of(parts.test(), codec, loop.threads()));
        double accuracy = Measured.accuracy(network, taken, test).get(0);
        if (fineTune == 0) {
            return new InputPoints.Point(codec.name(), test.meanBytes(), accuracy, OptionalDouble.empty());
        }
        Network tuned = tuned(network, taken, parts, codec);
        return new InputPoints.Point(
                codec.name(),
                test.meanBytes(),
                accuracy,
                OptionalDouble.of(Measured.accuracy(tuned, taken, test).get(0)));
    }

    private Network tuned(Network network, Inputs taken, TrainData.Parts parts, MediaCodec codec) throws IOException {
        Path directory = Files.createDirectories(output.resolve(codec.name().replace(':', '-')));
        DecodedData items = terminal.waiting(
                codec.name() + ", training items", () -> DecodedData.of(parts.train(), codec, loop.threads()));
        DecodedData held = DecodedData.of(parts.held(), codec, loop.threads());
        TrainOptions options = loop.options(
                        items, directory.resolve("checkpoints"), "input " + model + " " + codec.name())
                .epochs(fineTune)
                .build();
        try (Classifier classifier = Classifier.of(network, taken, loop.loss());
                TrainProgress progress = new TrainProgress(terminal, codec.name())) {
            Curve curve = Training.run(classifier, items, held, options, progress);
            TrainFiles.writeCurve(directory, curve);
            Network trained = loop.written(classifier.trained());
            OnnxFiles.write(trained, directory.resolve("model.onnx"));
            return trained;
        }
    }

    private void report(TrainData.Parts parts, InputPoints measured) throws IOException {
        measured.write(output.resolve("input.csv"));
        LinePlot plot =
                new LinePlot("Accuracy by bytes of the input itself", "bytes an item", "test accuracy, %", true);
        measured.draw(plot);
        plot.write(output.resolve("input.png"));
        JsonObject json = new JsonObject();
        json.addProperty("model", model.toString());
        json.addProperty("seed", loop.seed());
        json.addProperty("test_items", parts.test().size());
        json.addProperty("train_items", fineTune > 0 ? parts.train().size() : 0);
        json.addProperty("fine_tune_epochs", fineTune);
        json.addProperty("accuracy", measured.accuracy());
        JsonArray rows = new JsonArray();
        Table table = new Table("codec", ">bytes", ">accuracy", ">tuned");
        table.row("as it was", "", Quantity.percent(measured.accuracy()), "");
        for (InputPoints.Point point : measured.points()) {
            JsonObject row = new JsonObject();
            row.addProperty("codec", point.codec());
            row.addProperty("bytes", point.bytes());
            row.addProperty("accuracy", point.accuracy());
            point.tuned().ifPresent(share -> row.addProperty("tuned_accuracy", share));
            rows.add(row);
            table.row(
                    point.codec(),
                    String.format(Locale.ROOT, "%.1f", point.bytes()),
                    Quantity.percent(point.accuracy()),
                    point.tuned().isPresent() ? Quantity.percent(point.tuned().getAsDouble()) : "");
        }
        json.add("codecs", rows);
        Files.writeString(output.resolve("report.json"), JsonOutput.document(json) + "\n");
        if (train.json()) {
            terminal.out().println(JsonOutput.document(json));
            return;
        }
        table.print(terminal.out());
        terminal.out()
                .println("bytes are means over " + parts.test().size() + " test items, accuracy is ONNX Runtime's on "
                        + "them as decoded; the picture is " + output.resolve("input.png"));
    }
}
