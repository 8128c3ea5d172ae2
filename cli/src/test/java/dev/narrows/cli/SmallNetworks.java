package dev.narrows.cli;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Networks of a few nodes, written as ONNX files. */
final class SmallNetworks {

    private static final Dim BATCH = new Dim.Symbol("batch");

    private SmallNetworks() {}

    /** x (batch, 32) → hidden (batch, 8) → y (batch, 32) → scores (batch, 4): narrow in the middle. */
    static Path waist(Path directory) {
        Map<String, ConstantTensor> weights = new LinkedHashMap<>();
        weights.put("down", weight("down", 1, 32, 8));
        weights.put("up", weight("up", 2, 8, 32));
        weights.put("last", weight("last", 3, 32, 4));
        List<Node> nodes = List.of(
                node("MatMul", "h", "x", "down"),
                node("Relu", "hidden", "h"),
                node("MatMul", "u", "hidden", "up"),
                node("Relu", "y", "u"),
                node("MatMul", "z", "y", "last"),
                node("Softmax", "scores", "z"));
        return write(directory.resolve("waist.onnx"), nodes, weights, List.of(BATCH, new Dim.Known(32)), "scores");
    }

    /**
     * x (batch, 32) → code (batch, 8), whole numbers of 0 to 5 as a trained bottleneck sends them → y (batch, 32), positive
     * → scores (batch, 4).
     */
    static Path bottleneck(Path directory) {
        Map<String, ConstantTensor> weights = new LinkedHashMap<>();
        weights.put("down", weight("down", 1, 32, 8));
        weights.put("up", weight("up", 2, 8, 32));
        weights.put("last", weight("last", 3, 32, 4));
        weights.put("least", scalar("least", 0));
        weights.put("most", scalar("most", 5));
        weights.put("half", scalar("half", 0.5f));
        List<Node> nodes = List.of(
                node("MatMul", "h", "x", "down"),
                node("Clip", "clipped", "h", "least", "most"),
                node("Add", "raised", "clipped", "half"),
                node("Floor", "code", "raised"),
                node("MatMul", "u", "code", "up"),
                node("Relu", "y", "u"),
                node("MatMul", "z", "y", "last"),
                node("Softmax", "scores", "z"));
        return write(directory.resolve("bottleneck.onnx"), nodes, weights, List.of(BATCH, new Dim.Known(32)), "scores");
    }

    private static ConstantTensor scalar(String name, float value) {
        ByteBuffer data = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(0, value);
        return new ConstantTensor(name, ElementType.FLOAT, List.of(), data, List.of(), "");
    }

    /** The first network's beginning in float16: x (batch, 32) → hidden (batch, 8) → y (batch, 4). */
    static Path half(Path directory) {
        Map<String, ConstantTensor> weights = new LinkedHashMap<>();
        weights.put("down", halved(weight("down", 1, 32, 8)));
        weights.put("up", halved(weight("up", 2, 8, 4)));
        List<Node> nodes = List.of(
                node("MatMul", "h", "x", "down"), node("Tanh", "hidden", "h"), node("MatMul", "y", "hidden", "up"));
        return write(
                directory.resolve("half.onnx"),
                nodes,
                weights,
                ElementType.FLOAT16,
                "x",
                List.of(BATCH, new Dim.Known(32)),
                "y");
    }

    private static ConstantTensor halved(ConstantTensor weight) {
        ByteBuffer floats = weight.data();
        ByteBuffer halves = ByteBuffer.allocate(floats.remaining() / 2).order(ByteOrder.LITTLE_ENDIAN);
        while (floats.hasRemaining()) {
            floats.getFloat();
            halves.putShort((short) (0x2C00 + 37 * halves.position() % 0x0C00)); // 0.0625 to 0.5
        }
        return new ConstantTensor(weight.name(), ElementType.FLOAT16, weight.dims(), halves.flip(), List.of(), "");
    }

    /** The same square weight three times, a row of them: its 4,096 bytes are shared by all segments. */
    static Path tied(Path directory) {
        Map<String, ConstantTensor> weights = new LinkedHashMap<>();
        weights.put("w", weight("w", 4, 32, 32));
        List<Node> nodes = List.of(
                node("MatMul", "a", "x", "w"),
                node("Tanh", "b", "a"),
                node("MatMul", "c", "b", "w"),
                node("Tanh", "d", "c"),
                node("MatMul", "e", "d", "w"));
        return write(directory.resolve("tied.onnx"), nodes, weights, List.of(BATCH, new Dim.Known(32)), "e");
    }

    /**
     * x (batch, 32) → 4,000 square matrix products in a row: cheap for an item, seconds for 60,000 of them. The
     * weights are the unit matrix, so that the answer is x.
     */
    static Path slow(Path directory) {
        Map<String, ConstantTensor> weights = Map.of("w", unit("w", 32));
        List<Node> nodes = new ArrayList<>();
        String last = "x";
        for (int i = 0; i < 4_000; i++) {
            String next = "t" + i;
            nodes.add(node("MatMul", next, last, "w"));
            last = next;
        }
        return write(directory.resolve("slow.onnx"), nodes, weights, List.of(BATCH, new Dim.Known(32)), last);
    }

    /** Two numbers passed from name to name, (batch, 2), by unit matrices of their own. */
    static Path pair(Path file, String... names) {
        Map<String, ConstantTensor> weights = new LinkedHashMap<>();
        List<Node> nodes = new ArrayList<>();
        for (int i = 1; i < names.length; i++) {
            weights.put("unit" + i, unit("unit" + i, 2));
            nodes.add(node("MatMul", names[i], names[i - 1], "unit" + i));
        }
        return write(
                file,
                nodes,
                weights,
                ElementType.FLOAT,
                names[0],
                List.of(BATCH, new Dim.Known(2)),
                names[names.length - 1]);
    }

    private static ConstantTensor unit(String name, int width) {
        ByteBuffer data = ByteBuffer.allocate(width * width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < width; i++) {
            data.putFloat((i * width + i) * Float.BYTES, 1);
        }
        return new ConstantTensor(name, ElementType.FLOAT, List.of((long) width, (long) width), data, List.of(), "");
    }

    /** Two axes of the input have no length. */
    static Path free(Path directory) {
        List<Node> nodes = List.of(node("Relu", "a", "x"), node("Tanh", "b", "a"));
        return write(directory.resolve("free.onnx"), nodes, Map.of(), List.of(BATCH, new Dim.Symbol("width")), "b");
    }

    private static Node node(String type, String output, String... inputs) {
        return Node.of("node_" + output, type, List.of(inputs), List.of(output), Map.of());
    }

    private static ConstantTensor weight(String name, long seed, long... dims) {
        long elements = 1;
        List<Long> axes = new ArrayList<>();
        for (long dim : dims) {
            axes.add(dim);
            elements *= dim;
        }
        ByteBuffer data = ByteBuffer.allocate((int) elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        SplittableRandom random = new SplittableRandom(seed);
        while (data.hasRemaining()) {
            data.putFloat((float) (random.nextDouble() - 0.5));
        }
        return new ConstantTensor(name, ElementType.FLOAT, axes, data.flip(), List.of(), "");
    }

    private static Path write(
            Path file, List<Node> nodes, Map<String, ConstantTensor> weights, List<Dim> input, String output) {
        return write(file, nodes, weights, ElementType.FLOAT, "x", input, output);
    }

    private static Path write(
            Path file,
            List<Node> nodes,
            Map<String, ConstantTensor> weights,
            ElementType type,
            String inputName,
            List<Dim> input,
            String output) {
        Network network = new Network(
                "small",
                8,
                List.of(new OpsetImport("", 13)),
                List.of(ValueInfo.of(inputName, TensorType.of(type, input))),
                List.of(ValueInfo.of(output, TensorType.of(type, List.of(BATCH, new Dim.Unknown())))),
                nodes,
                weights,
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(OnnxWriter.write(network));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
