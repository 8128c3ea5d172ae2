package dev.narrows.cli;

import dev.narrows.data.Dataset;
import dev.narrows.data.Split;
import dev.narrows.data.Splits;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.train.Curve;
import dev.narrows.train.ExitCuts;
import dev.narrows.train.ExitDesign;
import dev.narrows.train.ExitMaker;
import dev.narrows.train.ExitReport;
import dev.narrows.train.ExitRun;
import dev.narrows.train.Exits;
import dev.narrows.train.FreeBatch;
import dev.narrows.train.Inputs;
import dev.narrows.train.TrainOptions;
import dev.narrows.train.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows train exits}. */
@Command(
        name = "exits",
        description = {
            "Teach a classifier to answer early: exits at some of its cuts learn the labels and what the last layer answers, "
                    + "gates decide for each item whether an exit's answer is good enough.",
            "",
            "First the exits learn alone, then all of the network; it is held to what it answered before. Temperatures "
                    + "and gates are chosen on held-out items for least work within the allowed loss, and reported on the "
                    + "test items, by ONNX Runtime. Writes model.onnx, exit-1.onnx …, exits.json (what `narrows pack` takes), "
                    + "report.json, curve.csv, curve.png and coverage.png."
        },
        footer = {
            "  narrows train exits model.onnx --exits auto --data fashion-mnist -o early",
            "  narrows train exits model.onnx --exits block1,block2 --data photos/ --size 96 --epochs 0 --alone 10 -o early",
            "  narrows train exits model.onnx --exits 20%%,45%% --data cifar --calibrate 0.5 --loss-allowed 0.5 -o early"
        })
final class TrainExitsCommand implements Callable<Integer> {

    private static final String AUTO = "auto";

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private TrainCommand train;

    @Parameters(paramLabel = "MODEL", description = "An ONNX file of a trained classifier.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Option(
            names = "--exits",
            required = true,
            split = ",",
            paramLabel = "CUT|N%|auto",
            description =
                    "Where: cuts of one tensor (`narrows inspect` shows them), or the cut behind which most nearly N %% "
                            + "of the multiply-accumulates lie. auto: 25%%,50%%,75%%.")
    private List<String> exits = new ArrayList<>();

    @Option(
            names = "--exit-channels",
            split = ",",
            paramLabel = "N",
            description = "Of an exit's convolutions, one behind the other; 0 leaves them out (default: 32).")
    private List<Integer> channels = new ArrayList<>(ExitDesign.DEFAULT.channels());

    @Option(
            names = "--alone",
            paramLabel = "N",
            description =
                    "Epochs in which only the exits learn, before --epochs of all (default: 5; --epochs 0 ends there).")
    private int alone = 5;

    @Mixin
    private final TrainedRate trainedRate = new TrainedRate();

    @Option(
            names = "--last-weight",
            paramLabel = "W",
            description = "Exits: of the last layer's answers against the labels, 0 to 1 (default: 0.5).")
    private double last = Exits.Weights.DEFAULT.last();

    @Option(
            names = "--original-weight",
            paramLabel = "W",
            description = "Last layer: of what it answered before against the labels, 0 to 1 (default: 0.7).")
    private double original = Exits.Weights.DEFAULT.original();

    @Option(
            names = "--exit-weight",
            paramLabel = "W",
            description = "Of the exits' loss beside the last layer's, where all learn (default: 1).")
    private double weight = Exits.Weights.DEFAULT.exits();

    @Option(names = "--temperature", paramLabel = "T", description = "That softens answers to learn from (default: 3).")
    private double temperature = Exits.Weights.DEFAULT.temperature();

    @Option(names = "--freeze", paramLabel = "REGEX", description = "Keep the weights whose name has this in it.")
    private @Nullable String freeze;

    @Option(
            names = "--loss-allowed",
            paramLabel = "POINTS",
            description = "Accuracy that may be lost against the network as it was, in points (default: 0.5).")
    private double allowed = 0.5;

    @Option(
            names = "--calibrate",
            paramLabel = "SHARE",
            description =
                    "Choose temperatures and gates on this share of the test items and report on the rest: for a "
                            + "network that was itself trained on all of --data, so that held-out items are none to it (default: off).")
    private double calibrate;

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

    TrainExitsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        check();
        TrainData.Parts parts = data.open(loop.seed());
        Dataset chosenOn = parts.held();
        Dataset test = parts.test();
        if (calibrate > 0) {
            Split split = Splits.stratified(test, calibrate, loop.seed());
            chosenOn = split.test();
            test = split.train();
        }
        Network network = FreeBatch.of(OnnxReader.read(model));
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        List<Cut> cuts = cuts(network, shapes);
        Inputs taken = inputs.of(network, parts.train());
        Files.createDirectories(output);
        ExitFiles files = new ExitFiles(output);
        try (Exits objective = new Exits(network, shapes, cuts, design(), taken, loop.loss(), weights(), loop.seed())) {
            objective.require(parts.train());
            objective.require(test);
            TrainFiles.writeCurve(output, train(objective, parts, cuts));
            ExitMaker.Parts trained = objective.trained();
            files.writeNetworks(new ExitMaker.Parts(loop.written(trained.trunk()), trained.exits()));
        }
        ExitReport report = measure(network, files.readNetworks(cuts.size()), taken, chosenOn, test);
        files.writeReport(
                report,
                cuts,
                ExitFiles.settings(model, loop.seed(), parts.train().size(), chosenOn.size(), test.size(), calibrate),
                test.size());
        if (train.json()) {
            terminal.out().println(JsonOutput.document(files.report()));
        } else {
            files.print(terminal.out(), report, cuts, test.size());
        }
        return 0;
    }

    private void check() {
        if (alone < 0 || loop.epochs() < 0 || alone + loop.epochs() < 1) {
            throw new WrongUseException("--alone " + alone + ", --epochs " + loop.epochs()
                    + ": nothing to train (expected: 0 or more each, 1 or more in all)");
        }
        if (!(calibrate >= 0 && calibrate < 1)) {
            throw new WrongUseException("--calibrate: " + calibrate + " (expected: 0 to below 1)");
        }
        trainedRate.check();
        if (!(allowed >= 0 && allowed <= 100)) {
            throw new WrongUseException("--loss-allowed: " + allowed + " (expected: 0 to 100 points)");
        }
    }

    private Exits.Weights weights() {
        return new Exits.Weights(last, original, temperature, weight);
    }

    private ExitDesign design() {
        return channels.equals(List.of(0)) ? ExitDesign.of() : new ExitDesign(channels);
    }

    private List<Cut> cuts(Network network, Shapes shapes) {
        Map<String, Cut> cuts = new LinkedHashMap<>();
        List<Double> shares = new ArrayList<>();
        for (String exit : exits) {
            if (exit.equals(AUTO)) {
                shares.addAll(ExitCuts.SHARES);
            } else if (exit.endsWith("%")) {
                shares.add(Numbers.parseList("exits", exit.substring(0, exit.length() - 1), "--exits")
                                .get(0)
                        / 100);
            } else {
                Cut cut = Cuts.at(network, shapes, List.of(exit));
                cuts.put(cut.name(), cut);
            }
        }
        if (!shares.isEmpty()) {
            ExitCuts.near(network, shapes, shares).forEach(cut -> cuts.put(cut.name(), cut));
        }
        return cuts.values().stream()
                .sorted(Comparator.comparingInt(cut -> cut.upstream().size()))
                .toList();
    }

    /** The exits alone, then all; the curves one behind the other. */
    private Curve train(Exits objective, TrainData.Parts parts, List<Cut> cuts) {
        Pattern kept = freeze == null ? Pattern.compile("(?!)") : Pattern.compile(freeze);
        List<Curve.Point> points = new ArrayList<>();
        if (alone > 0) {
            objective.alone(true, name -> false);
            points.addAll(run(objective, parts, cuts, "alone", alone).points());
        }
        if (loop.epochs() > 0) {
            objective.alone(false, name -> kept.matcher(name).find());
            for (Curve.Point point :
                    run(objective, parts, cuts, "all", loop.epochs()).points()) {
                points.add(new Curve.Point(
                        alone + point.epoch(), point.rate(), point.loss(), point.seconds(), point.scores()));
            }
        }
        return new Curve(points);
    }

    private Curve run(Exits objective, TrainData.Parts parts, List<Cut> cuts, String phase, int epochs) {
        String what = "exits " + model + " " + cuts.stream().map(Cut::name).toList() + " " + phase + " " + channels
                + " " + weights() + " " + freeze + " " + alone;
        TrainOptions options = loop.options(parts.train(), output.resolve("checkpoints-" + phase), what)
                .epochs(epochs)
                .trainedShare(trainedRate.share())
                .build();
        try (TrainProgress progress = new TrainProgress(terminal, "exits, " + phase)) {
            return Training.run(objective, parts.train(), parts.held(), options, progress);
        }
    }

    private ExitReport measure(Network network, ExitMaker.Parts written, Inputs taken, Dataset chosenOn, Dataset test) {
        try (ExitRun run = new ExitRun(written, taken)) {
            return terminal.waiting("measuring", () -> {
                ExitReport.Answers held =
                        new ExitReport.Answers(run.run(chosenOn), ExitRun.run(network, taken, chosenOn));
                ExitReport.Answers seen = new ExitReport.Answers(run.run(test), ExitRun.run(network, taken, test));
                return ExitReport.of(held, seen, run.costs(), allowed / 100, loop.seed());
            });
        }
    }
}
