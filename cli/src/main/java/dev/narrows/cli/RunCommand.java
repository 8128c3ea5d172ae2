package dev.narrows.cli;

import dev.narrows.device.HybridModel;
import dev.narrows.device.HybridModelBuilder;
import dev.narrows.device.Prediction;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.items.InputFiles;
import dev.narrows.items.ItemReader;
import dev.narrows.wire.bundle.Bundle;
import dev.narrows.wire.bundle.Manifest;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows run}. */
@Command(
        name = "run",
        description = {
            "Predict as a device does: with a cloud if one is named, and without it when it does not answer in time.",
            "",
            "Prints who answered each item, where it was cut, how it was coded, and what it cost."
        },
        footer = {
            "  narrows run barista.narrows --input clips/                     all on this device",
            "  narrows run barista.narrows --cloud http://localhost:8700 --input clips/*.wav",
            "  narrows run barista.narrows --cloud http://localhost:8700 --cut bottleneck.code --deadline 300ms \\",
            "      --slowdown 8 --input clips/ --json"
        })
final class RunCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private NarrowsCommand narrows;

    @Parameters(paramLabel = "BUNDLE", description = "A bundle, as `narrows pack` makes it.")
    @SuppressWarnings("NullAway.Init")
    private Path bundle;

    @Option(
            names = "--input",
            required = true,
            arity = "1..*",
            paramLabel = "FILES",
            description = "Items: WAV, PNG, JPEG or .npy files, directories, patterns.")
    @SuppressWarnings("NullAway.Init")
    private List<String> inputs;

    @Option(names = "--cloud", paramLabel = "URL", description = "The server (default: none, all on this device).")
    private @Nullable URI cloud;

    @Option(
            names = "--cut",
            paramLabel = "CUT",
            defaultValue = HybridModel.AUTO,
            description = "Where to hand over: a cut's name, input, output or auto (default: ${DEFAULT-VALUE}).")
    private String cut = HybridModel.AUTO;

    @Option(
            names = "--codec",
            paramLabel = "CODEC",
            defaultValue = HybridModel.AUTO,
            description = "How the cut's tensors travel: raw, fp16, q8 … or auto (default: ${DEFAULT-VALUE}).")
    private String codec = HybridModel.AUTO;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = DurationConverter.class,
            description = "Until when each item is answered, by the device if need be (default: ${DEFAULT-VALUE}).")
    private Duration deadline = HybridModelBuilder.DEFAULT_DEADLINE;

    @Option(names = "--no-exits", description = "Try none of the bundle's exits: the whole network answers every item.")
    private boolean noExits;

    @Option(
            names = "--slowdown",
            paramLabel = "FACTOR",
            defaultValue = "1",
            description = "Emulate a device this many times slower than this machine (default: ${DEFAULT-VALUE}).")
    private double slowdown;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that one run may use inside an operator (default: ${DEFAULT-VALUE}).")
    private int threads;

    RunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (!Files.exists(bundle)) {
            throw new InvalidException("no such file or directory: \"" + bundle + "\"");
        }
        List<Path> files = InputFiles.of(inputs);
        try (HybridModel model = open()) {
            RunReport report =
                    new RunReport(terminal, narrows.json(), model.bundle().manifest(), !noExits);
            ItemReader reader = reader(model.bundle());
            try (Progress progress = terminal.progress("predicting", files.size())) {
                for (Path file : files) {
                    predict(model, reader, file, report);
                    progress.step();
                }
            }
            report.finish();
            return report.failures() == 0 ? 0 : 1;
        }
    }

    private HybridModel open() {
        HybridModelBuilder builder = HybridModel.builder(bundle)
                .cut(cut)
                .codec(codec)
                .exits(!noExits)
                .deadline(deadline)
                .sessionOptions(SessionOptions.DEFAULT.withThreads(threads).withSlowdown(slowdown));
        if (cloud != null) {
            builder.cloud(cloud);
        }
        return terminal.waiting("loading " + bundle, builder::open);
    }

    private static ItemReader reader(Bundle bundle) {
        Manifest manifest = bundle.manifest();
        List<TensorSpec> inputs = manifest.cuts().get(0).tensors();
        if (inputs.size() != 1) {
            throw new UnsupportedException(
                    "inputs: " + inputs + " (expected: one; files cannot be given for several inputs)");
        }
        return ItemReader.of(manifest.preprocessing(), inputs.get(0));
    }

    /** A file that cannot be read, or an item that cannot be run, is reported; the others go on. */
    private static void predict(HybridModel model, ItemReader reader, Path file, RunReport report) {
        List<Prediction> predictions = new ArrayList<>();
        try {
            Tensor items = reader.read(file);
            if (items.rank() > 0 && items.dim(0) > 1) {
                predictions.addAll(model.predictAll(items));
            } else {
                predictions.add(model.predict(items));
            }
        } catch (NarrowsException e) {
            report.failure(file, e);
            return;
        }
        for (int i = 0; i < predictions.size(); i++) {
            report.prediction(predictions.size() == 1 ? file.toString() : file + "[" + i + "]", predictions.get(i));
        }
    }
}
