package dev.narrows.benchmarks;

import dev.narrows.data.Dataset;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Widening;
import dev.narrows.items.InputFiles;
import dev.narrows.items.ItemReader;
import dev.narrows.plan.Elements;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.train.Inputs;
import dev.narrows.wire.bundle.Preprocessing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * A network of the shared models with real items for it.
 *
 * @param calibration items that nothing is measured on
 * @param test items to measure on
 * @param labels of these; empty for a network that is no classifier
 */
record ShrinkSubject(
        String name,
        Network network,
        Shapes shapes,
        List<Map<String, Tensor>> calibration,
        List<Map<String, Tensor>> test,
        List<Integer> labels) {

    private static final int CALIBRATION_ITEMS = 200;
    private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> DEVIATION = List.of(0.229, 0.224, 0.225);
    private static final List<Double> BGR_MEAN = List.of(103.94, 116.78, 123.68);
    private static final List<Double> ONES = List.of(1.0, 1.0, 1.0);
    private static final int YOLOX_SIDE = 416;

    private static final String BARISTAS_CUT = "code";

    /** What they are called. */
    static final List<String> NAMES =
            List.of("ResNet-20", "MobileNetV2", "SqueezeNet", "barista", "barista tail", "YOLOX-nano");

    /** One of them, or the file of a network for CIFAR-10 with the usual means, which is called as its folder; a float16 network in float32. */
    static ShrinkSubject named(String name) {
        Path models = ResultFile.shared().resolve("models");
        String photos =
                ResultFile.shared().resolve("data/imagenet-samples/*.JPEG").toString();
        ToIntFunction<Path> byName =
                file -> Integer.parseInt(file.getFileName().toString().substring(0, 3));
        return switch (name) {
            case "ResNet-20" -> cifar(name, models.resolve("cifar10/resnet20.onnx"));
            case "MobileNetV2" ->
                files(
                        name,
                        models.resolve("imagenet/mobilenetv2.onnx"),
                        new Preprocessing.Image(256, 224, false, false, 1 / 255.0, MEAN, DEVIATION),
                        photos,
                        byName);
            case "SqueezeNet" ->
                files(
                        name,
                        models.resolve("imagenet/squeezenet_fp16.onnx"),
                        new Preprocessing.Image(256, 224, true, false, 1, BGR_MEAN, ONES),
                        photos,
                        byName);
            case "barista" -> barista(models.resolve("barista"));
            case "barista tail" -> behind(name, BARISTAS_CUT, barista(models.resolve("barista")));
            case "YOLOX-nano" ->
                files(
                        name,
                        models.resolve("detect/yolox_nano.onnx"),
                        new Preprocessing.Image(YOLOX_SIDE, YOLOX_SIDE, true, false, 1, List.of(0.0, 0.0, 0.0), ONES),
                        photos,
                        file -> -1);
            default -> {
                if (!name.endsWith(".onnx")) {
                    throw new IllegalArgumentException(
                            "network: \"" + name + "\" (expected: one of " + NAMES + ", or a file.onnx)");
                }
                Path file = Path.of(name).toAbsolutePath();
                yield cifar(file.getName(file.getNameCount() - 2).toString(), file);
            }
        };
    }

    private static ShrinkSubject barista(Path folder) {
        List<String> classes = lines(folder.resolve("labels.txt"));
        return files(
                "barista",
                folder.resolve("barista.onnx"),
                new Preprocessing.Audio(16_000, 2.0, 1),
                folder.resolve("clips/*.wav").toString(),
                file -> classes.indexOf(file.getFileName().toString().replaceAll("_\\d+\\.wav$", "")));
    }

    /** What lies before a tensor, and what behind it. */
    static List<Network> parts(Network network, Shapes shapes, String cut) {
        return Segments.split(network, shapes, List.of(Cuts.at(network, shapes, List.of(cut))))
                .segments();
    }

    /** What lies behind a cut, on what the part before it makes of the items. */
    private static ShrinkSubject behind(String name, String cut, ShrinkSubject whole) {
        List<Network> parts = parts(whole.network(), whole.shapes(), cut);
        Network tail = parts.get(1);
        try (Session head = Session.open("head", OnnxWriter.write(parts.get(0)), Map.of(), SessionOptions.DEFAULT)) {
            return new ShrinkSubject(
                    name,
                    tail,
                    NetworkShapes.infer(tail, Map.of()),
                    whole.calibration().stream().map(head::run).toList(),
                    whole.test().stream().map(head::run).toList(),
                    whole.labels());
        }
    }

    private static ShrinkSubject cifar(String name, Path file) {
        Network network = OnnxReader.read(file);
        Dataset train = Cifar10Sheets.open(ResultFile.shared(), 1).train();
        Dataset test = Cifar10Sheets.open(ResultFile.shared(), 1).test().orElseThrow();
        Inputs inputs = Inputs.of(network, floats(MEAN), floats(DEVIATION));
        List<Integer> labels = new ArrayList<>();
        for (int label : test.labels().get(0).of()) {
            labels.add(label);
        }
        return new ShrinkSubject(
                name,
                network,
                NetworkShapes.infer(network, Map.of()),
                inputs.items(train, CALIBRATION_ITEMS),
                inputs.items(test, test.size()),
                labels);
    }

    /** Every fourth file is calibrated on. */
    private static ShrinkSubject files(
            String name, Path file, Preprocessing preprocessing, String pattern, ToIntFunction<Path> label) {
        Network network = Widening.toFloat32IfHalf(OnnxReader.read(file));
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        String input = network.inputs().get(0).name();
        ItemReader reader = ItemReader.of(preprocessing, Elements.spec(input, shapes));
        List<Map<String, Tensor>> calibration = new ArrayList<>();
        List<Map<String, Tensor>> test = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        List<Path> files = InputFiles.of(List.of(pattern));
        for (int i = 0; i < files.size(); i++) {
            Map<String, Tensor> item = Map.of(input, reader.read(files.get(i)));
            if (i % 4 == 1) {
                calibration.add(item);
            } else {
                test.add(item);
                int own = label.applyAsInt(files.get(i));
                if (own >= 0) {
                    labels.add(own);
                }
            }
        }
        return new ShrinkSubject(name, network, shapes, calibration, test, labels);
    }

    /** How many of the labelled test items a network answers rightly. */
    int right(Network changed) {
        int right = 0;
        try (Session session = Session.open(name, OnnxWriter.write(changed), Map.of(), SessionOptions.DEFAULT)) {
            for (int item = 0; item < labels.size(); item++) {
                Tensor answer = session.run(test.get(item)).values().iterator().next();
                right += answer.argmax() == labels.get(item) ? 1 : 0;
            }
        }
        return right;
    }

    private static List<Float> floats(List<Double> values) {
        return values.stream().map(Double::floatValue).toList();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
