package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.ValueInfo;
import dev.narrows.items.Npy;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that train, on items of an image and a state: the class is told by both together and by neither alone. */
class TrainSeveralInputsTest {

    private static final int SIDE = 6;
    private static final String TRUNKS = "image=mlp:width=0.1,depth=1; state=mlp:width=0.1,depth=1";

    @TempDir
    private static Path shared;

    private static Path data;
    private static Path model;

    @BeforeAll
    static void fit() throws IOException {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        items(arrays, "train", "state", 400, 1);
        items(arrays, "test", "state", 200, 2);
        data = npz("both.npz", arrays);
        Path output = shared.resolve("fit");
        JsonObject report = json(
                "fit",
                data,
                output,
                "--network",
                "intermediate: " + TRUNKS,
                "--mean",
                "image=0.5;state=0.1,0.1",
                "--std",
                "image=0.25",
                "--augment",
                "image=noise:0.02",
                "--mix-up",
                "0.1",
                "--epochs",
                "8");
        assertThat(accuracy(report)).isGreaterThan(0.95);
        model = output.resolve("model.onnx");
    }

    @Test
    void fit_bothInputs_areTheModalities() {
        Network network = OnnxReader.read(model);

        assertThat(network.inputs()).extracting(ValueInfo::name).containsExactly("image", "state");
        assertThat(network.metadata()).containsEntry("narrows.architecture", "intermediate: " + TRUNKS);
    }

    @Test
    void fit_anOnnxFileOfOneInput_leavesTheOtherOutAndCannotTell() throws IOException {
        Network image = Zoo.build(Architecture.parse("mlp:width=0.1"), new InputShape.Image(1, SIDE, SIDE), 2, 1);

        JsonObject report =
                json("fit", data, shared.resolve("image"), "--network", file("image.onnx", image), "--epochs", "6");

        assertThat(accuracy(report)).isLessThan(0.7);
    }

    @Test
    void fit_anOnnxFileOfBothInputs_goesOn() {
        JsonObject report = json(
                "fit",
                data,
                shared.resolve("further"),
                "--network",
                model.toString(),
                "--mean",
                "image=0.5;state=0.1,0.1",
                "--std",
                "image=0.25",
                "--epochs",
                "1");

        assertThat(accuracy(report)).isGreaterThan(0.95);
    }

    @Test
    void fit_withoutAModality_namesBothSides() throws IOException {
        Map<String, Tensor> other = new LinkedHashMap<>();
        items(other, "train", "depth", 40, 1);
        Map<String, Tensor> alone = new LinkedHashMap<>(other);
        alone.remove("x_train.depth");

        Cli.Result renamed = run("fit", npz("depth.npz", other), shared.resolve("x"), "--network", model.toString());
        Cli.Result missing = run("fit", npz("alone.npz", alone), shared.resolve("x"), "--network", model.toString());
        Cli.Result unnamed = run("fit", data, shared.resolve("x"), "--network", "cnn");
        Cli.Result unknown = run("fit", data, shared.resolve("x"), "--network", "late: image=cnn; sound=dscnn");

        assertThat(renamed.code()).isEqualTo(1);
        assertThat(renamed.errLines().get(0))
                .contains("inputs: [image, state]")
                .contains("the items' modalities, [depth, image]");
        assertThat(missing.errLines().get(0))
                .contains("inputs: [image, state] (expected: 1, as the items are of one modality, which has no name)");
        assertThat(unnamed.errLines().get(0))
                .contains("network: \"cnn\" is of one input")
                .contains("[image, state]");
        assertThat(unknown.errLines().get(0)).contains("modality: \"sound\" (expected: one of [image, state])");
    }

    @Test
    void fit_optionsThatNameNoModality_areWrongUse() {
        for (String[] option :
                List.of(new String[] {"--mean", "0.5"}, new String[] {"--std", "image=0.5;image=0.5"}, new String[] {
                    "--augment", "flip"
                })) {
            Cli.Result result =
                    run("fit", data, shared.resolve("x"), "--network", model.toString(), option[0], option[1]);

            assertThat(result.code()).isEqualTo(2);
            assertThat(result.errLines().get(0)).contains(option[0] + ": \"").contains("NAME=…");
        }
    }

    @Test
    void fit_manifestOfTwoFileColumns_takesThem() throws IOException {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        items(arrays, "train", "state", 30, 3);
        List<String> lines = new ArrayList<>(List.of("image,label,state"));
        for (int item = 0; item < 30; item++) {
            Npy.write(
                    Files.createDirectories(shared.resolve("items")).resolve("image" + item + ".npy"),
                    slice(arrays, "x_train.image", item).to(DType.FLOAT32));
            Npy.write(shared.resolve("items/state" + item + ".npy"), slice(arrays, "x_train.state", item));
            long label = slice(arrays, "y_train", item).toLongs()[0];
            lines.add("image" + item + ".npy," + (label == 0 ? "other" : "same") + ",state" + item + ".npy");
        }
        Path manifest = Files.write(shared.resolve("items/both.csv"), lines);

        Cli.Result result = run(
                "fit",
                manifest,
                shared.resolve("manifest"),
                "--network",
                "late: image=mlp:width=0.05; state=mlp:width=0.05",
                "--files-of",
                "image,state",
                "--epochs",
                "1");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(shared.resolve("manifest/labels.txt")).hasContent("other\nsame");
    }

    @Test
    void distill_smallerStudentOfBothInputs_learns() {
        JsonObject report = json(
                "distill",
                data,
                shared.resolve("student"),
                model.toString(),
                "--student",
                "intermediate: state=mlp:width=0.05,depth=1; image=mlp:width=0.05,depth=1",
                "--mean",
                "image=0.5;state=0.1,0.1",
                "--std",
                "image=0.25",
                "--epochs",
                "8");

        assertThat(accuracy(report)).isGreaterThan(0.9);
    }

    @Test
    void bottleneckAndExits_behindTheFusion_areTrained() {
        String[] given = {"--mean", "image=0.5;state=0.1,0.1", "--std", "image=0.25", "--alone", "6"};
        JsonObject narrow = json(
                "bottleneck",
                data,
                shared.resolve("narrow"),
                with(given, model.toString(), "--cut", "features", "--optimizer", "adamw:rate=0.003", "--epochs", "2"));
        JsonObject early = json(
                "exits",
                data,
                shared.resolve("early"),
                with(given, model.toString(), "--exits", "features", "--epochs", "0"));

        assertThat(narrow.get("accuracy").getAsDouble()).isGreaterThan(0.95);
        assertThat(narrow.getAsJsonArray("trained")
                        .get(0)
                        .getAsJsonObject()
                        .get("accuracy")
                        .getAsDouble())
                .isGreaterThan(0.9);
        assertThat(early.get("last_accuracy")).isEqualTo(early.get("original_accuracy"));
        assertThat(shared.resolve("early/exit-1.onnx")).isNotEmptyFile();
    }

    @Test
    void robust_severalModalities_areCorruptedOneAtATime() throws IOException {
        Path output = shared.resolve("robust");

        Cli.Result result = Cli.run(
                "train",
                "robust",
                model.toString(),
                "--data",
                data.toString(),
                "--test-per-class",
                "4",
                "--mean",
                "image=0.5;state=0.1,0.1",
                "--std",
                "image=0.25",
                "-o",
                output.toString());

        assertThat(result.code()).as(result.err()).isZero();
        List<String> rows = Files.readAllLines(output.resolve("robustness.csv"));
        assertThat(rows.get(1)).startsWith("clean,0,");
        assertThat(rows.subList(2, rows.size())).hasSizeGreaterThan(60).allMatch(row -> row.startsWith("image."));
    }

    @Test
    void input_severalModalities_areRefused() {
        Cli.Result result = run("input", data, shared.resolve("input"), model.toString());

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.errLines().get(0))
                .contains("items: of several modalities, [image, state] (expected: images or sound alone");
    }

    private static double accuracy(JsonObject report) {
        return report.getAsJsonObject("test_accuracy").get("label").getAsDouble();
    }

    private static String[] with(String[] options, String... others) {
        List<String> all = new ArrayList<>(List.of(others));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }

    private static JsonObject json(String command, Path items, Path output, String... options) {
        Cli.Result result = run(command, items, output, with(new String[] {"--json"}, options));
        assertThat(result.code()).as(result.err()).isZero();
        return JsonParser.parseString(result.out()).getAsJsonObject();
    }

    private static Cli.Result run(String command, Path items, Path output, String... options) {
        List<String> all = new ArrayList<>(List.of("train", command, "--data", items.toString()));
        all.addAll(List.of("-o", output.toString(), "--batch", "32"));
        if (!List.of(options).contains("--optimizer")) {
            all.addAll(List.of("--optimizer", "adamw:rate=0.01"));
        }
        all.addAll(List.of(options));
        return Cli.run(all.toArray(String[]::new));
    }

    private static Tensor slice(Map<String, Tensor> arrays, String name, int item) {
        Tensor one = arrays.getOrDefault(name, Tensor.zeros(DType.FLOAT32, 0)).slice(item, item + 1);
        long[] shape = one.shape();
        return shape.length < 2 ? one : one.reshape(Arrays.copyOfRange(shape, 1, shape.length));
    }

    /** Whether the left half is lit, and whether the state is positive; the class is whether both answers are the same. */
    private static void items(Map<String, Tensor> arrays, String part, String state, int count, long seed) {
        Random random = new Random(seed);
        byte[] pixels = new byte[count * SIDE * SIDE];
        float[] states = new float[2 * count];
        long[] classes = new long[count];
        for (int item = 0; item < count; item++) {
            boolean left = random.nextBoolean();
            boolean positive = random.nextBoolean();
            classes[item] = left == positive ? 1 : 0;
            for (int i = 0; i < SIDE * SIDE; i++) {
                boolean lit = i % SIDE < SIDE / 2 == left;
                pixels[item * SIDE * SIDE + i] = (byte) ((lit ? 180 : 10) + random.nextInt(60));
            }
            for (int i = 0; i < 2; i++) {
                states[2 * item + i] = (positive ? 1 : -1) + 0.4f * random.nextFloat();
            }
        }
        arrays.put("x_" + part + ".image", Tensor.of(DType.UINT8, ByteBuffer.wrap(pixels), count, SIDE, SIDE));
        arrays.put("x_" + part + "." + state, Tensor.of(states, count, 2));
        arrays.put("y_" + part, Tensor.of(classes, count));
    }

    private static Path npz(String name, Map<String, Tensor> arrays) throws IOException {
        Path file = shared.resolve(name);
        Path part = shared.resolve("part.npy");
        try (OutputStream stream = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(stream)) {
            for (Map.Entry<String, Tensor> array : arrays.entrySet()) {
                Npy.write(part, array.getValue());
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(Files.readAllBytes(part));
            }
        }
        return file;
    }

    private static String file(String name, Network network) throws IOException {
        ByteBuffer bytes = OnnxWriter.write(network);
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return Files.write(shared.resolve(name), copy).toString();
    }
}
