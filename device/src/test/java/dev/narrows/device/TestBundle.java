package dev.narrows.device;

import dev.narrows.engine.Chain;
import dev.narrows.engine.DType;
import dev.narrows.engine.SessionOptions;
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
import dev.narrows.wire.bundle.Bundle;
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
import java.util.Random;

/**
 * A bundle of three segments for tests: {@code h = relu(x·A)}, {@code k = relu(h·B)}, {@code y = k·C}; x (batch, 8), the
 * others (batch, 6) f32. The outputs are logits of six drinks.
 */
final class TestBundle {

    static final int INPUTS = 8;
    static final int WIDTH = 6;
    static final List<String> LABELS = List.of("espresso", "latte", "mocha", "tea", "water", "stop");
    static final List<String> CUTS = List.of("input", "h", "k", "output");

    private static final List<String> TENSORS = List.of("x", "h", "k", "y");

    private TestBundle() {}

    /** Writes it; returns its hash. {@code seed} makes other weights: another bundle of the same name. */
    static String write(Path target, int batch, long seed) {
        List<ByteBuffer> segments = new ArrayList<>();
        List<Manifest.Segment> parts = new ArrayList<>();
        List<Manifest.Cut> cuts = new ArrayList<>();
        Map<String, List<CutCodec>> codecs = new LinkedHashMap<>();
        Map<String, List<Manifest.Codec>> known = new LinkedHashMap<>();
        for (int i = 0; i <= 3; i++) {
            long axis0 = batch == 0 ? -1 : batch;
            TensorSpec spec = new TensorSpec(TENSORS.get(i), DType.FLOAT32, List.of(axis0, (long) width(i)));
            cuts.add(new Manifest.Cut(CUTS.get(i), List.of(spec), 4L * width(i)));
        }
        for (int i = 0; i < 3; i++) {
            segments.add(OnnxWriter.write(segment(i, batch, seed)));
            parts.add(
                    new Manifest.Segment("segments/" + i + ".onnx", (long) width(i) * WIDTH, (long) width(i) * WIDTH));
            if (i == 1) {
                Calibrator calibrator = new Calibrator(cuts.get(1).tensors());
                for (int item = 0; item < 20; item++) {
                    calibrator.add(Map.of("h", head(x(Math.max(1, batch), item), seed)));
                }
                codecs.put("h", List.of(calibrator.build("q8")));
                known.put("h", List.of(new Manifest.Codec("q8", 14, 1, 100, false)));
            }
        }
        Manifest manifest = new Manifest(
                "drinks",
                cuts,
                parts,
                List.of(),
                known,
                new Preprocessing.Raw(),
                batch,
                Map.of("seed", Long.toString(seed)));
        return new BundleFiles(manifest, segments, ByteBuffer.allocate(0), codecs, LABELS).write(target);
    }

    /** Seeded items. */
    static Tensor x(int items, long seed) {
        Random random = new Random(seed);
        float[] values = new float[items * INPUTS];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return Tensor.of(values, items, INPUTS);
    }

    /** What the device alone answers. */
    static Tensor reference(Path bundle, Tensor x) {
        try (Chain chain = Bundle.read(bundle).open(SessionOptions.DEFAULT)) {
            Tensor y = chain.run(0, 3, Map.of("x", x)).outputs().get("y");
            if (y == null) {
                throw new AssertionError("no output y");
            }
            return y;
        }
    }

    /** The first cut's tensor, in plain Java: for calibration, where the last bit does not matter. */
    private static Tensor head(Tensor x, long seed) {
        float[] in = x.toFloats();
        float[] weights = weights(0, seed);
        int items = Math.toIntExact(x.dim(0));
        float[] h = new float[items * WIDTH];
        for (int row = 0; row < items; row++) {
            for (int column = 0; column < WIDTH; column++) {
                float sum = 0;
                for (int i = 0; i < INPUTS; i++) {
                    sum += in[row * INPUTS + i] * weights[i * WIDTH + column];
                }
                h[row * WIDTH + column] = Math.max(0, sum);
            }
        }
        return Tensor.of(h, items, WIDTH);
    }

    private static int width(int cut) {
        return cut == 0 ? INPUTS : WIDTH;
    }

    private static Network segment(int index, int batch, long seed) {
        String weights = "W" + index;
        String out = TENSORS.get(index + 1);
        String product = index == 2 ? out : out + "_product";
        List<Node> nodes = new ArrayList<>();
        nodes.add(Node.of("m" + index, "MatMul", List.of(TENSORS.get(index), weights), List.of(product), Map.of()));
        if (index < 2) {
            nodes.add(Node.of("r" + index, "Relu", List.of(product), List.of(out), Map.of()));
        }
        Dim items = batch == 0 ? new Dim.Symbol("batch") : new Dim.Known(batch);
        return new Network(
                "drinks",
                8,
                List.of(new OpsetImport("", 15)),
                List.of(info(TENSORS.get(index), items, width(index))),
                List.of(info(out, items, WIDTH)),
                nodes,
                Map.of(weights, constant(weights, width(index), weights(index, seed))),
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
    }

    private static ValueInfo info(String name, Dim items, int width) {
        return ValueInfo.of(name, TensorType.of(ElementType.FLOAT, List.of(items, new Dim.Known(width))));
    }

    private static float[] weights(int segment, long seed) {
        Random random = new Random(31 * seed + segment);
        float[] values = new float[width(segment) * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }

    private static ConstantTensor constant(String name, int rows, float[] values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return new ConstantTensor(
                name, ElementType.FLOAT, List.of((long) rows, (long) WIDTH), data.flip(), List.of(), "");
    }
}
