package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.data.Dataset;
import dev.narrows.data.Datasets;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.train.Bottleneck;
import dev.narrows.train.BottleneckCuts;
import dev.narrows.train.BottleneckDesign;
import dev.narrows.train.CodedCut;
import dev.narrows.train.Curve;
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
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows train bottleneck}. */
@Command(
        name = "bottleneck",
        description = {
            "Put a trained bottleneck into a network at a cut: an encoder that leaves a few whole numbers, a decoder that "
                    + "makes what the rest of the network takes of them, both trained for few bits and the same answers.",
            "",
            "First the bottleneck learns alone, then all of the network, at last what is behind the code. Writes for each "
                    + "rate a model.onnx, whose tensor bottleneck.code is what crosses, with curve and report, and for all of them points.csv and "
                    + "rate-distortion.png: accuracy by real coded bytes, beside the codecs at this and other narrow cuts of "
                    + "the network as it was."
        },
        footer = {
            "  narrows train bottleneck model.onnx --cut block1 --data fashion-mnist --lambda 1e-3 -o narrow",
            "  narrows train bottleneck model.onnx --cut auto --data photos/ --size 96 --bytes 96 -o narrow",
            "  narrows train bottleneck model.onnx --cut block2 --data d --lambda 3e-4,1e-3,3e-3 -o sweep   a curve",
            "  narrows pack narrow/model.onnx --at bottleneck.code --codecs bottleneck --calibrate photos/ -o m.narrows"
        })
final class TrainBottleneckCommand implements Callable<Integer> {

    private static final List<String> NATURAL = List.of("raw", "fp16", "q8", "q6", "q4", "q2");
    private static final String BEHIND = "behind";
    private static final int CALIBRATION_PER_CLASS = 400;
    private static final int TEST_PER_CLASS = 100;

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private TrainCommand train;

    @Parameters(paramLabel = "MODEL", description = "An ONNX file of a trained classifier.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Option(
            names = "--cut",
            required = true,
            paramLabel = "TENSOR|auto",
            description =
                    "Where; `narrows inspect` shows the cuts. auto: the deepest that --device allows, the narrowest "
                            + "of these.")
    @SuppressWarnings("NullAway.Init")
    private String cut;

    @Option(
            names = "--device",
            paramLabel = "SHARE",
            description = "auto: the most of the network's MACs that may lie before the cut (default: 0.25).")
    private double device = 0.25;

    @Option(
            names = "--lambda",
            split = ",",
            paramLabel = "L",
            description = "What a bit of an item's code costs in the loss; several give a curve (default: 0.001).")
    private List<Double> lambdas = new ArrayList<>();

    @Option(
            names = "--bytes",
            split = ",",
            paramLabel = "N",
            description = "Aim at codes of so many bytes instead; several give a curve.")
    private List<Double> budgets = new ArrayList<>();

    @Option(names = "--code-channels", paramLabel = "N", description = "Channels of the code (default: 8).")
    private int channels = BottleneckDesign.DEFAULT.channels();

    @Option(names = "--levels", paramLabel = "N", description = "Values of each number of the code (default: 8).")
    private int levels = BottleneckDesign.DEFAULT.levels();

    @Option(names = "--kernel", paramLabel = "N", description = "Of the encoder's convolution (default: 3).")
    private int kernel = BottleneckDesign.DEFAULT.kernel();

    @Option(names = "--code-stride", paramLabel = "N", description = "By which the code is smaller (default: 2).")
    private int stride = BottleneckDesign.DEFAULT.stride();

    @Option(
            names = "--encoder-channels",
            split = ",",
            paramLabel = "N",
            description = "Of convolutions with ReLU before the code's, which share the stride (default: none).")
    private List<Integer> encoder = new ArrayList<>();

    @Option(names = "--decoder-channels", paramLabel = "N", description = "Inside the decoder (default: 64).")
    private int hidden = BottleneckDesign.DEFAULT.hidden();

    @Option(
            names = "--alone",
            paramLabel = "N",
            description = "Epochs in which only the bottleneck learns, before --epochs of all (default: 3).")
    private int alone = 3;

    @Option(
            names = "--behind",
            paramLabel = "N",
            description =
                    "Epochs in which, at last, only what is behind the code learns; what they do no good to stays (default: 0).")
    private int behind;

    @Mixin
    private final TrainedRate trainedRate = new TrainedRate();

    @Option(
            names = "--teacher-weight",
            paramLabel = "W",
            description = "Of the original network's answers against the labels, 0 to 1 (default: 0.7).")
    private double teacher = Bottleneck.Weights.DEFAULT.teacher();

    @Option(
            names = "--feature-weight",
            paramLabel = "W",
            description = "Of what the original network has at the cut (default: 0.5).")
    private double features = Bottleneck.Weights.DEFAULT.features();

    @Option(
            names = "--hint",
            split = ",",
            paramLabel = "TENSOR",
            description = "Values behind the cut that are to become as the original network has them (default: none).")
    private List<String> hints = new ArrayList<>();

    @Option(names = "--hint-weight", paramLabel = "W", description = "Of the hints (default: 1).")
    private double hintWeight = 1;

    @Option(
            names = "--beside",
            paramLabel = "FILE",
            description = "An input.csv of `narrows train input`, to show beside: sending the input itself.")
    private @Nullable Path beside;

    private InputPoints others = InputPoints.NONE;

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

    TrainBottleneckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (!lambdas.isEmpty() && !budgets.isEmpty()) {
            throw new WrongUseException("--bytes: given (expected: either it or --lambda)");
        }
        if (alone < 0 || behind < 0) {
            throw new WrongUseException("--alone " + alone + ", --behind " + behind + " (expected: 0 or more each)");
        }
        trainedRate.check();
        if (beside != null) {
            others = InputPoints.read(beside);
        }
        TrainData.Parts parts = data.open(loop.seed());
        Network network = FreeBatch.of(OnnxReader.read(model));
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        Cut place = cut.equals("auto")
                ? BottleneckCuts.best(network, shapes, device)
                : Cuts.at(network, shapes, List.of(cut));
        Files.createDirectories(output);
        Inputs taken = inputs.of(network, parts.train());
        Dataset calibration = Datasets.limited(parts.train(), CALIBRATION_PER_CLASS, loop.seed());
        double original = Measured.accuracy(network, taken, parts.test()).get(0);
        long whole = macs(network, shapes);
        RateDistortion measured = new RateDistortion(place.name(), original, whole, others);
        for (Cut natural : naturals(network, shapes, place)) {
            Dataset items = natural.name().equals(place.name())
                    ? parts.test()
                    : Datasets.limited(parts.test(), TEST_PER_CLASS, loop.seed());
            try (CodedCut coded = new CodedCut(network, shapes, natural, taken)) {
                measured.addNatural(
                        natural.name(),
                        (double) natural.upstreamMacs() / whole,
                        items.size(),
                        terminal.waiting(
                                "codecs at " + natural.name(), () -> coded.measure(NATURAL, calibration, items)));
            }
        }
        for (Bottleneck.Weights weights : weights()) {
            measured.add(point(network, shapes, place, taken, parts, calibration, weights));
        }
        report(measured);
        return 0;
    }

    /** The cut itself, and where one would cross else. */
    private static List<Cut> naturals(Network network, Shapes shapes, Cut place) {
        List<Cut> all = new ArrayList<>(List.of(place));
        BottleneckCuts.natural(network, shapes).stream()
                .filter(natural -> !natural.name().equals(place.name()))
                .forEach(all::add);
        return all;
    }

    private List<Bottleneck.Weights> weights() {
        double temperature = Bottleneck.Weights.DEFAULT.temperature();
        List<Bottleneck.Weights> all = new ArrayList<>();
        for (double budget : budgets) {
            double bits = BottleneckCuts.bits(budget);
            all.add(new Bottleneck.Weights(teacher, temperature, features, 0, bits, hints, hintWeight));
        }
        List<Double> rates =
                lambdas.isEmpty() && budgets.isEmpty() ? List.of(Bottleneck.Weights.DEFAULT.rate()) : lambdas;
        for (double rate : rates) {
            all.add(new Bottleneck.Weights(teacher, temperature, features, rate, 0, hints, hintWeight));
        }
        return all;
    }

    private RateDistortion.Trained point(
            Network network,
            Shapes shapes,
            Cut place,
            Inputs taken,
            TrainData.Parts parts,
            Dataset calibration,
            Bottleneck.Weights weights)
            throws IOException {
        boolean single = lambdas.size() + budgets.size() <= 1;
        String name = weights.bits() > 0
                ? String.format(Locale.ROOT, "bytes-%.0f", BottleneckCuts.bytes(weights.bits()))
                : String.format(Locale.ROOT, "lambda-%s", weights.rate());
        Path directory = single ? output : Files.createDirectories(output.resolve(name));
        BottleneckDesign design = new BottleneckDesign(channels, levels, kernel, stride, hidden, encoder);
        Network trained;
        try (Bottleneck bottleneck =
                new Bottleneck(network, shapes, place, design, taken, loop.loss(), weights, loop.seed())) {
            Torch.threads(loop.threads());
            bottleneck.fit(parts.train());
            if (alone > 0) {
                bottleneck.learn(Bottleneck.Part.BOTTLENECK);
                run(bottleneck, parts, directory, name, "alone", alone);
            }
            bottleneck.learn(Bottleneck.Part.ALL);
            Curve curve = run(bottleneck, parts, directory, name, "all", loop.epochs());
            if (behind > 0) {
                bottleneck.learn(Bottleneck.Part.BEHIND);
                curve = curve.then(run(bottleneck, parts, directory, name, BEHIND, behind));
            }
            TrainFiles.writeCurve(directory, curve);
            TrainFiles.writeLabels(directory, parts.train().labels());
            trained = loop.written(bottleneck.trained());
        }
        Path file = directory.resolve("model.onnx");
        OnnxFiles.write(trained, file);
        Shapes after = NetworkShapes.infer(trained, Map.of());
        Cut code = Cuts.at(trained, after, List.of(Bottleneck.CODE));
        try (CodedCut coded = new CodedCut(trained, after, code, taken)) {
            CodedCut.Result result = coded.measure(List.of("bottleneck"), calibration, parts.test())
                    .get(0);
            long whole = macs(network, shapes);
            return new RateDistortion.Trained(
                    name,
                    file,
                    result.meanBytes(),
                    result.accuracy(),
                    code.upstreamMacs() - place.upstreamMacs(),
                    (double) code.upstreamMacs() / whole);
        }
    }

    private Curve run(
            Bottleneck bottleneck, TrainData.Parts parts, Path directory, String name, String phase, int epochs) {
        String what = "bottleneck " + model + " " + cut + " " + name + " " + phase + " " + channels + " " + levels + " "
                + kernel + " " + stride + " " + hidden + " " + encoder + " " + teacher + " " + features
                + " coded"
                + (hints.isEmpty() ? "" : " hints " + hints + " " + hintWeight);
        TrainOptions options = loop.options(parts.train(), directory.resolve("checkpoints-" + phase), what)
                .epochs(epochs)
                .trainedShare(trainedRate.share())
                .startCounts(phase.equals(BEHIND))
                .build();
        try (TrainProgress progress = new TrainProgress(terminal, name + ", " + phase)) {
            return Training.run(bottleneck, parts.train(), parts.held(), options, progress);
        }
    }

    private static long macs(Network network, Shapes shapes) {
        return Costs.of(network, shapes).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
    }

    private void report(RateDistortion measured) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("model", model.toString());
        json.addProperty("seed", loop.seed());
        measured.describe(json);
        measured.write(output, json);
        if (train.json()) {
            terminal.out().println(JsonOutput.document(json));
            return;
        }
        measured.table().print(terminal.out());
        terminal.out()
                .println("bytes are of real codes, accuracy is ONNX Runtime's behind them (at other cuts than the "
                        + "bottleneck's on at most " + TEST_PER_CLASS + " items a class); " + output
                        + " has networks, curves and rate-distortion.png");
    }
}
