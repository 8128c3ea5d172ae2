package dev.narrows.wire.bundle;

import ai.onnx.proto.OnnxMl;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.bundle.Manifest.Codec;
import dev.narrows.wire.bundle.Manifest.Cut;
import dev.narrows.wire.bundle.Manifest.Exit;
import dev.narrows.wire.bundle.Manifest.HeldOut;
import dev.narrows.wire.bundle.Manifest.Segment;
import dev.narrows.wire.bundle.Manifest.SharedWeight;
import dev.narrows.wire.codec.Calibrator;
import dev.narrows.wire.codec.CutCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A small bundle: x → Mul w → y → Add w → z, cut at y, w shared by both segments. */
final class Samples {

    static final TensorSpec X = new TensorSpec("x", DType.FLOAT32, List.of(-1L, 4L));
    static final TensorSpec Y = new TensorSpec("y", DType.FLOAT32, List.of(-1L, 4L));
    static final TensorSpec Z = new TensorSpec("z", DType.FLOAT32, List.of(-1L, 4L));
    static final List<String> LABELS = List.of("espresso", "caffè latte", "", "tea");

    private static final BundleFiles FILES = make();

    private Samples() {}

    static BundleFiles files() {
        return FILES;
    }

    static Manifest manifest() {
        return new Manifest(
                "sample",
                List.of(
                        new Cut(Manifest.INPUT_CUT, List.of(X), 16),
                        new Cut("y", List.of(Y), 16),
                        new Cut(Manifest.OUTPUT_CUT, List.of(Z), 16)),
                List.of(new Segment("segments/0.onnx", 4, 4), new Segment("segments/1.onnx", 4, 0)),
                List.of(new SharedWeight("w", new TensorSpec("w", DType.FLOAT32, List.of(4L)), 64, 16)),
                Map.of(
                        Manifest.INPUT_CUT,
                        List.of(new Codec("raw", 16, 1, 40, true)),
                        "y",
                        List.of(
                                new Codec("raw", 16, 1, 40, true),
                                new Codec("q8", 9.5, 1, 40, false),
                                new Codec("q4", 7.25, 0.75, 40, false))),
                new Preprocessing.Raw(),
                0,
                Map.of("tool", "test", "seed", "7"));
    }

    static Manifest manifestWithExit() {
        return withExits(List.of(new Exit(
                "y",
                "exits/0.onnx",
                1.25,
                new Gate.MaxProbability(0.875),
                0,
                3,
                40,
                0.5,
                1,
                Optional.of(new HeldOut(1000, 0.53125, 0.96875, 0.125, 0.015625)))));
    }

    static Manifest withExits(List<Exit> exits) {
        Manifest plain = manifest();
        return new Manifest(
                plain.name(),
                plain.cuts(),
                plain.segments(),
                plain.sharedWeights(),
                plain.codecs(),
                exits,
                plain.preprocessing(),
                plain.fixedBatch(),
                plain.record());
    }

    /** The bundle with an exit at y whose logits are -y. */
    static BundleFiles filesWithExit() {
        return new BundleFiles(
                manifestWithExit(),
                FILES.segments(),
                FILES.weights(),
                FILES.codecs(),
                List.of(exitNetwork("Neg", "y", "logits")),
                FILES.labels());
    }

    /**
     * A network of one node.
     *
     * @param lengths the input's last axis (4 if absent), the one before it (any if absent), and a third axis
     */
    static ByteBuffer exitNetwork(String op, String input, String output, long... lengths) {
        OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder();
        if (lengths.length > 2) {
            shape.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(lengths[2]));
        }
        if (lengths.length > 1) {
            shape.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(lengths[1]));
        } else {
            shape.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
        }
        shape.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(lengths.length > 0 ? lengths[0] : 4));
        OnnxMl.TypeProto.Tensor.Builder type = OnnxMl.TypeProto.Tensor.newBuilder()
                .setElemType(
                        op.equals("Not")
                                ? OnnxMl.TensorProto.DataType.BOOL_VALUE
                                : OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                .setShape(shape);
        OnnxMl.NodeProto.Builder node =
                OnnxMl.NodeProto.newBuilder().setOpType(op).addInput(input).addOutput(output);
        OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder()
                .setName("exit")
                .addInput(OnnxMl.ValueInfoProto.newBuilder()
                        .setName(input)
                        .setType(OnnxMl.TypeProto.newBuilder().setTensorType(type)))
                .addOutput(OnnxMl.ValueInfoProto.newBuilder().setName(output))
                .addNode(node);
        return ByteBuffer.wrap(OnnxMl.ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(15))
                .setGraph(graph)
                .build()
                .toByteArray());
    }

    private static BundleFiles make() {
        Calibrator calibrator = new Calibrator(List.of(Y));
        Random random = new Random(7);
        for (int item = 0; item < 32; item++) {
            float[] values = new float[4];
            for (int at = 0; at < 4; at++) {
                values[at] = random.nextFloat() * 6;
            }
            calibrator.add(Map.of("y", Tensor.of(values, 1, 4)));
        }
        List<CutCodec> codecs = List.of(calibrator.build("q8"), calibrator.build("q4"));
        ByteBuffer weights = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < 4; at++) {
            weights.putFloat(64 + 4 * at, at + 1);
        }
        return new BundleFiles(
                manifest(), List.of(segment("Mul", X, Y), segment("Add", Y, Z)), weights, Map.of("y", codecs), LABELS);
    }

    /** A network of one node that takes the shared weight. */
    private static ByteBuffer segment(String op, TensorSpec from, TensorSpec to) {
        OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder()
                .setName("segment")
                .addInput(value(from.name()))
                .addOutput(value(to.name()))
                .addNode(OnnxMl.NodeProto.newBuilder()
                        .setOpType(op)
                        .addInput(from.name())
                        .addInput("w")
                        .addOutput(to.name()))
                .addInitializer(OnnxMl.TensorProto.newBuilder()
                        .setName("w")
                        .setDataType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                        .addDims(4)
                        .setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(OnnxMl.StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue(Manifest.WEIGHTS_FILE)));
        return ByteBuffer.wrap(OnnxMl.ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(15))
                .setGraph(graph)
                .build()
                .toByteArray());
    }

    private static OnnxMl.ValueInfoProto value(String name) {
        OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder()
                .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
                .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(4));
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)))
                .build();
    }
}
