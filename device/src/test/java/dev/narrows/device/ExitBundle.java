package dev.narrows.device;

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
import dev.narrows.wire.bundle.Gate;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Preprocessing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A bundle of three segments that each pass on two numbers, {@code x → h → k → y}, with exits at {@code h} and {@code k}
 * whose logits are the same two numbers: item (4, 0) has the margin tanh(2) = 0.964, item (1, 0) tanh(0.5) = 0.462, item
 * (0.1, 0) 0.050. The exit at h wants 0.9, the one at k 0.4.
 */
final class ExitBundle {

    static final Tensor SURE = Tensor.of(new float[] {0, 4}, 1, 2);
    static final Tensor HALF_SURE = Tensor.of(new float[] {1, 0}, 1, 2);
    static final Tensor UNSURE = Tensor.of(new float[] {0.1f, 0}, 1, 2);

    private static final List<String> CUTS = List.of("input", "h", "k", "output");
    private static final List<String> TENSORS = List.of("x", "h", "k", "y");

    private ExitBundle() {}

    /** Writes it; returns its hash. {@code batch} 0 is any. */
    static String write(Path target, int batch) {
        return write(target, batch, 2);
    }

    /** {@code classes} of the exits' logits: 2 fit the labels. */
    static String write(Path target, int batch, int classes) {
        List<ByteBuffer> segments = new ArrayList<>();
        List<Manifest.Segment> parts = new ArrayList<>();
        List<Manifest.Cut> cuts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TensorSpec spec = new TensorSpec(TENSORS.get(i), DType.FLOAT32, List.of(batch == 0 ? -1L : batch, 2L));
            cuts.add(new Manifest.Cut(CUTS.get(i), List.of(spec), 8));
        }
        for (int i = 0; i < 3; i++) {
            segments.add(product(TENSORS.get(i), TENSORS.get(i + 1), batch, 2));
            parts.add(new Manifest.Segment("segments/" + i + ".onnx", 4, 4));
        }
        List<Manifest.Exit> exits = List.of(exit("h", 0.9, 0.5), exit("k", 0.4, 0.25));
        Manifest manifest = new Manifest(
                "pairs", cuts, parts, List.of(), Map.of(), exits, new Preprocessing.Raw(), batch, Map.of());
        return new BundleFiles(
                        manifest,
                        segments,
                        ByteBuffer.allocate(0),
                        Map.of(),
                        List.of(product("h", "logits", batch, classes), product("k", "logits", batch, classes)),
                        List.of("left", "right"))
                .write(target);
    }

    private static Manifest.Exit exit(String cut, double margin, double coverage) {
        return new Manifest.Exit(
                cut, "exits/" + cut + ".onnx", 1, new Gate.Margin(margin), 4, 4, 100, coverage, 1, Optional.empty());
    }

    /** The input times the unit matrix. */
    private static ByteBuffer product(String input, String output, int batch, int columns) {
        ByteBuffer unit = ByteBuffer.allocate(4 * 2 * columns).order(ByteOrder.LITTLE_ENDIAN);
        unit.putFloat(0, 1);
        unit.putFloat(4 * (columns + 1), 1);
        Dim items = batch == 0 ? new Dim.Symbol("batch") : new Dim.Known(batch);
        return OnnxWriter.write(new Network(
                "pairs",
                8,
                List.of(new OpsetImport("", 15)),
                List.of(info(input, items, 2)),
                List.of(info(output, items, columns)),
                List.of(Node.of("product", "MatMul", List.of(input, "I"), List.of(output), Map.of())),
                Map.of(
                        "I",
                        new ConstantTensor("I", ElementType.FLOAT, List.of(2L, (long) columns), unit, List.of(), "")),
                Map.of(),
                Map.of(),
                Network.Extras.NONE));
    }

    private static ValueInfo info(String name, Dim items, int width) {
        return ValueInfo.of(name, TensorType.of(ElementType.FLOAT, List.of(items, new Dim.Known(width))));
    }
}
