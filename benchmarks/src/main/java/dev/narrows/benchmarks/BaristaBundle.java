package dev.narrows.benchmarks;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.items.ItemReader;
import dev.narrows.plan.Packer;
import dev.narrows.wire.bundle.Bundle;
import dev.narrows.wire.bundle.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The first barista cut at {@code code}, packed for a measurement: {@code pcm} (1, 32000) f32 → {@code code} (1, 4, 10, 25). */
final class BaristaBundle {

    static final String NAME = "barista";
    static final String CUT = "code";
    static final int TAIL = 1; // the index of the cut, and of the segment after it

    private static final Preprocessing.Audio SOUND = new Preprocessing.Audio(16_000, 2, 1);

    private BaristaBundle() {}

    /** Packs it with codecs q8 and q4 into {@code directory/barista.narrows}. */
    static Bundle pack(Path directory) {
        List<Map<String, Tensor>> items = new ArrayList<>();
        for (Tensor clip : clips()) {
            items.add(Map.of("pcm", clip));
        }
        Packer.Options options =
                new Packer.Options(NAME, List.of(List.of(CUT)), List.of("q8", "q4"), SOUND, labels(), Map.of(), "", 1);
        Path target = directory.resolve(NAME + ".narrows");
        new Packer(OnnxFiles.read(folder().resolve("first/barista.onnx")), options, items, items).pack(target);
        return Bundle.read(target);
    }

    /** The clips of the example as (1, 32000) f32, by name. */
    static List<Tensor> clips() {
        ItemReader reader = ItemReader.of(SOUND, new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, 32_000L)));
        try (Stream<Path> files = Files.list(folder().resolve("clips"))) {
            return files.filter(file -> file.toString().endsWith(".wav"))
                    .sorted()
                    .map(reader::read)
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<String> labels() {
        try {
            return Files.readAllLines(folder().resolve("first/labels.txt"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Path folder() {
        return ResultFile.root().resolve("examples/barista");
    }
}
