package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.DType;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.items.ItemReader;
import dev.narrows.wire.bundle.Preprocessing;
import dev.narrows.wire.codec.Calibrator;
import dev.narrows.wire.codec.Codecs;
import dev.narrows.wire.codec.CutCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What the codecs make of real feature maps: bytes an item, on items calibrated on and on others, against the order-0
 * entropy of the same symbols and against DEFLATE; and whether the network's answer survives.
 *
 * <p>The bottleneck of {@code examples/barista} (calibrated on each intent's *_0 and *_1, 28 of 84 clips), and, where
 * {@code NARROWS_SHARED} has them, maps of MobileNetV2 and SqueezeNet (calibrated on every second of 48 photographs).
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.CodecSizes
 * </pre>
 */
public final class CodecSizes {

    private static final String COMMAND =
            "java -cp \"benchmarks/target/classes:benchmarks/target/lib/*\" dev.narrows.benchmarks.CodecSizes";
    private static final int PHOTOGRAPHS = 48;
    private static final int EVERY = 4;

    /** One tensor of one network, which is a cut by itself. */
    private record Place(Path model, Preprocessing preprocessing, String tensor, ElementType type, List<Long> dims) {}

    /** One item on its way. */
    private record Item(boolean calibration, Tensor map, int answer) {}

    private CodecSizes() {}

    public static void main(String[] arguments) throws IOException {
        JsonArray places = new JsonArray();
        places.add(barista());
        Path imagenet = ResultFile.shared().resolve("models").resolve("imagenet");
        if (Files.isDirectory(imagenet)) {
            for (Place place : photographPlaces(imagenet)) {
                places.add(measure(place, photographs()));
            }
        } else {
            System.out.println("skipped: " + imagenet + " is not there");
        }
        JsonObject data = new JsonObject();
        data.add("places", places);
        System.out.println(ResultFile.write("codec-sizes", COMMAND, data));
    }

    private static JsonObject barista() throws IOException {
        Path example = ResultFile.root().resolve("examples").resolve("barista");
        List<Path> clips;
        try (Stream<Path> files = Files.list(example.resolve("clips"))) {
            clips = files.filter(file -> file.toString().endsWith(".wav"))
                    .sorted()
                    .toList();
        }
        return measure(
                new Place(
                        example.resolve("first/barista.onnx"),
                        new Preprocessing.Audio(16_000, 2, 1),
                        "code",
                        ElementType.FLOAT,
                        List.of(1L, 4L, 10L, 25L)),
                clips);
    }

    private static List<Place> photographPlaces(Path imagenet) {
        Preprocessing rgb = new Preprocessing.Image(
                256, 224, false, false, 1 / 255.0, List.of(.485, .456, .406), List.of(.229, .224, .225));
        Preprocessing bgr =
                new Preprocessing.Image(256, 224, true, false, 1, List.of(103.94, 116.78, 123.68), List.of(1., 1., 1.));
        Path mobile = imagenet.resolve("mobilenetv2.onnx");
        Path squeeze = imagenet.resolve("squeezenet_fp16.onnx");
        return List.of(
                new Place(mobile, rgb, "/features/features.3/Add_output_0", ElementType.FLOAT, dims(24, 56)),
                new Place(
                        mobile,
                        rgb,
                        "/features/features.7/conv/conv.0/conv.0.2/Clip_output_0_relu6",
                        ElementType.FLOAT,
                        dims(192, 28)),
                new Place(mobile, rgb, "/features/features.13/Add_output_0", ElementType.FLOAT, dims(96, 14)),
                new Place(mobile, rgb, "/GlobalAveragePool_output_0", ElementType.FLOAT, dims(1280, 1)),
                new Place(squeeze, bgr, "pool1_1", ElementType.FLOAT16, dims(64, 55)),
                new Place(squeeze, bgr, "pool5_1", ElementType.FLOAT16, dims(256, 13)),
                new Place(squeeze, bgr, "fire9/concat_1", ElementType.FLOAT16, dims(512, 13)));
    }

    private static List<Long> dims(long channels, long side) {
        return List.of(1L, channels, side, side);
    }

    private static List<Path> photographs() throws IOException {
        Path folder = ResultFile.shared().resolve("data").resolve("imagenet-samples");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.filter(file -> file.toString().endsWith(".JPEG"))
                    .sorted()
                    .toList();
            List<Path> some = new ArrayList<>();
            for (int i = 0; i < all.size() && some.size() < PHOTOGRAPHS; i += EVERY) {
                some.add(all.get(i));
            }
            return some;
        }
    }

    private static JsonObject measure(Place place, List<Path> files) throws IOException {
        Network network = OnnxReader.read(place.model());
        boolean batch = place.type() == ElementType.FLOAT; // the fp16 network's batch is fixed
        Shapes shapes = new Shapes(Map.of(place.tensor(), new Shapes.Shape(place.type(), place.dims(), batch)));
        Cut cut = Cuts.at(network, shapes, List.of(place.tensor()));
        List<Network> parts = Segments.split(network, shapes, List.of(cut)).segments();
        try (Session head = open("head", parts.get(0));
                Session tail = open("tail", parts.get(1))) {
            TensorSpec input = head.inputs().get(0);
            ItemReader reader = ItemReader.of(place.preprocessing(), input);
            List<Item> items = new ArrayList<>();
            for (Path file : files) {
                Tensor map = named(place.tensor(), head.run(Map.of(input.name(), reader.read(file))));
                items.add(new Item(calibration(file, items.size()), map, answer(tail, place.tensor(), map)));
            }
            TensorSpec spec = new TensorSpec(
                    place.tensor(), items.get(0).map().dtype(), batch ? anyBatch(place.dims()) : place.dims());
            JsonObject result = new JsonObject();
            result.addProperty("network", place.model().getFileName().toString());
            result.addProperty("tensor", place.tensor());
            result.addProperty("shape", place.dims().toString());
            result.addProperty("items", items.size());
            result.addProperty(
                    "calibration_items",
                    items.stream().filter(Item::calibration).count());
            result.add("codecs", codecs(spec, items, tail));
            return result;
        }
    }

    private static Tensor named(String name, Map<String, Tensor> tensors) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    private static Session open(String name, Network network) {
        return Session.open(name, OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT.withThreads(2));
    }

    private static List<Long> anyBatch(List<Long> dims) {
        List<Long> any = new ArrayList<>(dims);
        any.set(0, -1L);
        return any;
    }

    private static boolean calibration(Path file, int index) {
        String name = file.toString();
        return name.endsWith(".wav") ? name.endsWith("_0.wav") || name.endsWith("_1.wav") : index % 2 == 0;
    }

    private static int answer(Session tail, String tensor, Tensor map) {
        float[] outputs =
                tail.run(Map.of(tensor, map)).values().iterator().next().toFloats();
        int best = 0;
        for (int i = 1; i < outputs.length; i++) {
            best = outputs[i] > outputs[best] ? i : best;
        }
        return best;
    }

    private static JsonArray codecs(TensorSpec spec, List<Item> items, Session tail) {
        List<TensorSpec> cut = List.of(spec);
        Calibrator calibrator = new Calibrator(cut);
        items.stream().filter(Item::calibration).forEach(item -> calibrator.add(Map.of(spec.name(), item.map())));
        JsonArray rows = new JsonArray();
        rows.add(row(Codecs.raw(cut), spec, items, tail));
        if (spec.dtype() != DType.FLOAT16) {
            rows.add(row(Codecs.fp16(cut), spec, items, tail));
        }
        for (String name : Codecs.QUANTISING) {
            long start = System.nanoTime();
            CutCodec codec = calibrator.build(name);
            long nanos = System.nanoTime() - start;
            JsonObject row = row(codec, spec, items, tail);
            row.addProperty("build_ms", nanos / 1_000_000);
            rows.add(row);
        }
        return rows;
    }

    private static JsonObject row(CutCodec codec, TensorSpec spec, List<Item> items, Session tail) {
        double seen = 0;
        double unseen = 0;
        int changed = 0;
        List<Tensor> decoded = new ArrayList<>();
        for (Item item : items) {
            var coded = codec.encode(Map.of(spec.name(), item.map()));
            seen += item.calibration() ? CutCodec.dataBytes(coded) : 0;
            unseen += item.calibration() ? 0 : CutCodec.dataBytes(coded);
            Tensor back = named(spec.name(), codec.decode(coded));
            decoded.add(back);
            changed += answer(tail, spec.name(), back) == item.answer() ? 0 : 1;
        }
        long calibrated = items.stream().filter(Item::calibration).count();
        JsonObject row = new JsonObject();
        row.addProperty("codec", codec.name());
        row.addProperty("bytes_calibrated", round(seen / calibrated));
        row.addProperty("bytes_held_out", round(unseen / (items.size() - calibrated)));
        row.addProperty("bytes_all", round((seen + unseen) / items.size()));
        row.addProperty("answers_changed", changed);
        JsonObject json = codec.toJson().getAsJsonArray("tensors").get(0).getAsJsonObject();
        if (json.has("bits")) {
            Symbols symbols = Symbols.of(json, decoded);
            row.addProperty("order0_bytes", round(symbols.orderZeroBytes()));
            row.addProperty("order0_by_channel_bytes", round(symbols.orderZeroByChannelBytes()));
            row.addProperty("order0_of_each_item_bytes", round(symbols.orderZeroOfEachItemBytes()));
            row.addProperty("deflate_bytes", round(symbols.deflateBytes()));
            row.addProperty("ranges", symbols.ranges());
            row.addProperty("tables", json.get("table_count").getAsInt());
            row.addProperty("bins", json.getAsJsonArray("thresholds").size() + 1);
            row.addProperty("json_bytes", codec.toJson().toString().length());
        }
        System.out.printf("%-24.24s %s%n", spec.name(), row);
        return row;
    }

    private static double round(double value) {
        return Math.rint(value * 10) / 10;
    }
}
