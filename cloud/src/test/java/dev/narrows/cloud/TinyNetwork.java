package dev.narrows.cloud;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import dev.narrows.wire.bundle.BundleFiles;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Preprocessing;
import dev.narrows.wire.codec.Calibrator;
import dev.narrows.wire.codec.CutCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A network of three segments for tests: {@code h = relu(x·W)}, {@code k = h·V}, {@code y = h + k} and {@code z = -k};
 * all (batch, 4) f32. At the second cut {@code h} skips a segment.
 */
final class TinyNetwork {

    static final int WIDTH = 4;
    static final List<List<String>> CUTS = List.of(List.of("x"), List.of("h"), List.of("h", "k"), List.of("y", "z"));
    static final List<String> CUT_NAMES = List.of("input", "h", "h+k", "output");

    private static final float[] W = weights(1);
    private static final float[] V = weights(2);

    private TinyNetwork() {}

    /** @param batch the length of axis 0; -1 is any */
    static Network whole(int batch) {
        List<Node> nodes = new ArrayList<>();
        for (int segment = 0; segment < 3; segment++) {
            nodes.addAll(nodes(segment));
        }
        return network(batch, 0, 3, nodes);
    }

    static Path writeOnnx(Path file, int batch) {
        return TestFiles.write(file, OnnxWriter.write(whole(batch)));
    }

    /** Writes it as a bundle with q8 codecs; returns the hash. */
    static String writeBundle(Path target, String name, int batch) {
        List<ByteBuffer> segments = new ArrayList<>();
        List<Manifest.Segment> parts = new ArrayList<>();
        List<Manifest.Cut> cuts = new ArrayList<>();
        Map<String, List<CutCodec>> codecs = new LinkedHashMap<>();
        Map<String, List<Manifest.Codec>> known = new LinkedHashMap<>();
        for (int i = 0; i < CUTS.size(); i++) {
            List<TensorSpec> specs = CUTS.get(i).stream()
                    .map(tensor -> new TensorSpec(tensor, DType.FLOAT32, List.of(-1L, (long) WIDTH)))
                    .toList();
            cuts.add(new Manifest.Cut(CUT_NAMES.get(i), specs, 4L * WIDTH * specs.size()));
        }
        for (int i = 0; i < 3; i++) {
            segments.add(OnnxWriter.write(network(batch, i, i + 1, nodes(i))));
            parts.add(new Manifest.Segment("segments/" + i + ".onnx", i == 2 ? 0 : 16, 16));
            Calibrator calibrator = new Calibrator(cuts.get(i).tensors());
            for (int seed = 0; seed < 20; seed++) {
                calibrator.add(at(i, x(1, seed)));
            }
            codecs.put(CUT_NAMES.get(i), List.of(calibrator.build("q8")));
            known.put(CUT_NAMES.get(i), List.of(new Manifest.Codec("q8", 12, 1, 100, false)));
        }
        Manifest manifest = new Manifest(
                name, cuts, parts, List.of(), known, new Preprocessing.Raw(), Math.max(0, batch), Map.of("seed", "1"));
        return new BundleFiles(manifest, segments, ByteBuffer.allocate(0), codecs, List.of()).write(target);
    }

    /** Seeded inputs of shape (items, 4) in [-1, 1], multiples of 1/64 so that everything after is exact in float32. */
    static Tensor x(int items, long seed) {
        Random random = new Random(seed);
        float[] values = new float[items * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextInt(129) - 64) / 64f;
        }
        return Tensor.of(values, items, WIDTH);
    }

    /** The output {@code name} for inputs {@code x}, worked out in plain Java. */
    static Tensor expected(String name, Tensor x) {
        return Objects.requireNonNull(at(3, x).get(name), name);
    }

    /** The tensors of a cut, worked out in plain Java. */
    static Map<String, Tensor> at(int cut, Tensor x) {
        long items = x.dim(0);
        float[] h = product(x.toFloats(), W);
        for (int i = 0; i < h.length; i++) {
            h[i] = Math.max(0, h[i]);
        }
        float[] k = product(h, V);
        float[] y = new float[h.length];
        float[] z = new float[h.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = h[i] + k[i];
            z[i] = -k[i];
        }
        Map<String, Tensor> all = Map.of(
                "x", x,
                "h", Tensor.of(h, items, WIDTH),
                "k", Tensor.of(k, items, WIDTH),
                "y", Tensor.of(y, items, WIDTH),
                "z", Tensor.of(z, items, WIDTH));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        CUTS.get(cut).forEach(name -> tensors.put(name, Objects.requireNonNull(all.get(name))));
        return tensors;
    }

    private static List<Node> nodes(int segment) {
        return switch (segment) {
            case 0 ->
                List.of(
                        Node.of("n0", "MatMul", List.of("x", "W"), List.of("xw"), Map.of()),
                        Node.of("n1", "Relu", List.of("xw"), List.of("h"), Map.of()));
            case 1 -> List.of(Node.of("n2", "MatMul", List.of("h", "V"), List.of("k"), Map.of()));
            default ->
                List.of(
                        Node.of("n3", "Add", List.of("h", "k"), List.of("y"), Map.of()),
                        Node.of("n4", "Neg", List.of("k"), List.of("z"), Map.of()));
        };
    }

    private static Network network(int batch, int fromCut, int toCut, List<Node> nodes) {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>();
        if (fromCut == 0) {
            initializers.put("W", constant("W", W));
        }
        if (fromCut <= 1 && toCut >= 2) {
            initializers.put("V", constant("V", V));
        }
        List<String> made =
                nodes.stream().flatMap(node -> node.outputs().stream()).toList();
        return new Network(
                "tiny",
                8,
                List.of(new OpsetImport("", 15)),
                infos(batch, CUTS.get(fromCut)),
                infos(batch, CUTS.get(toCut).stream().filter(made::contains).toList()),
                nodes,
                initializers,
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
    }

    private static List<ValueInfo> infos(int batch, List<String> names) {
        Dim items = batch < 0 ? new Dim.Symbol("batch") : new Dim.Known(batch);
        return names.stream()
                .map(name -> ValueInfo.of(name, TensorType.of(ElementType.FLOAT, List.of(items, new Dim.Known(WIDTH)))))
                .toList();
    }

    private static ConstantTensor constant(String name, float[] values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return new ConstantTensor(
                name, ElementType.FLOAT, List.of((long) WIDTH, (long) WIDTH), data.flip(), List.of(), "");
    }

    /** Multiples of 1/8, so that products and sums are exact however they are ordered. */
    private static float[] weights(long seed) {
        Random random = new Random(seed);
        float[] values = new float[WIDTH * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextInt(17) - 8) / 8f;
        }
        return values;
    }

    private static float[] product(float[] rows, float[] matrix) {
        float[] out = new float[rows.length];
        for (int row = 0; row < rows.length / WIDTH; row++) {
            for (int column = 0; column < WIDTH; column++) {
                float sum = 0;
                for (int i = 0; i < WIDTH; i++) {
                    sum += rows[row * WIDTH + i] * matrix[i * WIDTH + column];
                }
                out[row * WIDTH + column] = sum;
            }
        }
        return out;
    }
}
