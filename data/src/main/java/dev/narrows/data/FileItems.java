package dev.narrows.data;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.items.ItemReader;
import dev.narrows.items.Npy;
import dev.narrows.wire.bundle.Preprocessing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Items that are a file each. Nothing but paths is in memory: each is decoded when it is asked for. */
final class FileItems implements Dataset {

    /** What a file is. */
    enum Form {
        IMAGE,
        SOUND,
        ARRAY
    }

    private static final Map<String, Form> BY_ENDING = new TreeMap<>(Map.of(
            ".png", Form.IMAGE,
            ".jpg", Form.IMAGE,
            ".jpeg", Form.IMAGE,
            ".gif", Form.IMAGE,
            ".bmp", Form.IMAGE,
            ".wav", Form.SOUND,
            ".npy", Form.ARRAY));

    private static final String INPUT = "item";

    private final List<Path> files;
    private final Kind kind;
    private final long[] shape;
    private final ItemReader reader;
    private final List<Labels> labels;
    private final List<String> groups;

    private FileItems(
            List<Path> files, Kind kind, Preprocessing by, long[] shape, List<Labels> labels, List<String> groups) {
        this.files = List.copyOf(files);
        this.kind = kind;
        this.shape = shape;
        this.reader = ItemReader.of(by, spec(shape));
        this.labels = List.copyOf(labels);
        this.groups = List.copyOf(groups);
    }

    /**
     * Files of one form; where the options do not say the shape, it is that of the first.
     *
     * @param groups of each file; may be empty
     * @throws InvalidException if the forms are mixed or not known
     */
    static Dataset of(List<Path> files, DataOptions options, List<Labels> labels, List<String> groups) {
        Form form = form(files);
        if (form == Form.SOUND) {
            long samples = Math.round(options.rate() * options.seconds());
            return new FileItems(
                    files,
                    new Kind.Sound(options.rate()),
                    new Preprocessing.Audio(options.rate(), options.seconds(), 1),
                    new long[] {samples},
                    labels,
                    groups);
        }
        if (form == Form.ARRAY) {
            Kind kind = options.kind().orElse(new Kind.Values());
            long[] shape = Npy.read(files.get(0)).shape();
            return new FileItems(files, kind, new Preprocessing.Raw(), shape, labels, groups);
        }
        // value × (1 / 255) as the only scaling: [0, 1].
        Preprocessing by = new Preprocessing.Image(
                options.size(), options.size(), false, false, 1 / 255.0, List.of(0.0), List.of(1.0));
        long[] shape = {options.channels(), options.size(), options.size()};
        if (options.size() == 0) {
            Tensor first = ItemReader.of(by, spec(options.channels(), -1, -1)).read(files.get(0));
            shape = new long[] {options.channels(), first.dim(2), first.dim(3)};
        }
        return new FileItems(files, new Kind.Image(), by, shape, labels, groups);
    }

    /** The endings that files of items have. */
    static Collection<String> endings() {
        return BY_ENDING.keySet();
    }

    /** What the file is by its ending, if it is an item. */
    static Optional<Form> form(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Optional.ofNullable(BY_ENDING.get(name.substring(Math.max(0, name.lastIndexOf('.')))));
    }

    private static Form form(List<Path> files) {
        Map<Form, Path> found = new EnumMap<>(Form.class);
        for (Path file : files) {
            Form form = form(file)
                    .orElseThrow(() -> new InvalidException(
                            "item: unknown ending (expected: " + endings() + "), file \"" + file + "\""));
            found.putIfAbsent(form, file);
        }
        if (found.size() != 1) {
            throw new InvalidException(
                    found.isEmpty()
                            ? "items: 0 (expected: 1 or more)"
                            : "items: " + found.values()
                                    + " (expected: images, sounds or arrays, not several of them)");
        }
        return found.keySet().iterator().next();
    }

    private static TensorSpec spec(long... shape) {
        List<Long> axes = new ArrayList<>(List.of(-1L));
        for (long axis : shape) {
            axes.add(axis);
        }
        return new TensorSpec(INPUT, DType.FLOAT32, axes);
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public float[] values(int index) {
        Tensor item = reader.read(files.get(index));
        if (item.dim(0) != 1) {
            throw new InvalidException("items: " + item + " (expected: one), file \"" + files.get(index) + "\"");
        }
        return item.toFloats();
    }

    @Override
    public List<Labels> labels() {
        return labels;
    }

    @Override
    public Optional<String> group(int index) {
        return groups.isEmpty() ? Optional.empty() : Optional.of(groups.get(index));
    }
}
