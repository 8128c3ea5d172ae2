package dev.narrows.data;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.items.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * NumPy arrays with the items along axis 0: an .npz archive or a directory of .npy files by the names of {@link #TRAIN} and
 * {@link #TEST}, or one .npy file of items without labels. In memory, in the type that they have (float64 as float32).
 *
 * <p>Bytes of rank 3 (items, height, width) or 4 with 1 or 3 channels on axis 1 or 3 are images; anything else is plain
 * values, unless {@link DataOptions#kind} says what floats are: images in [0, 1], sound in [-1, 1], series.
 */
public final class ArrayReader {

    /**
     * The names of the arrays of one part: those of the items, their labels and their groups (integers both). Of several
     * modalities each has an array of items, whose name goes on with a dot and the modality's name.
     */
    private record Names(String values, String labels, String groups) {}

    /** The first of these whose items are there. */
    private static final List<Names> TRAIN = List.of(
            new Names("x_train", "y_train", "group_train"),
            new Names("train_images", "train_labels", "train_groups"),
            new Names("x", "y", "group"));

    private static final List<Names> TEST = List.of(
            new Names("x_test", "y_test", "group_test"), new Names("test_images", "test_labels", "test_groups"));

    /** Of modalities behind the first, whose labels and groups hold for all. */
    private static final Names NONE = new Names("", "", "");

    private ArrayReader() {}

    /**
     * The items of a file or directory.
     *
     * @throws InvalidException if there is no array of one of the names, or the arrays do not fit each other
     * @throws dev.narrows.errors.MalformedException if a file is damaged
     */
    public static DataSource read(Path path, DataOptions options) {
        return open(path, options)
                .orElseThrow(() -> new InvalidException("arrays: none in \"" + path
                        + "\" (expected: .npy, .npz or a directory of .npy with x_train or x)"));
    }

    static Optional<DataSource> open(Path path, DataOptions options) {
        if (Files.isDirectory(path)) {
            try (ArrayStore store = ArrayStore.files(path)) {
                return find(store, TRAIN).isPresent() ? Optional.of(source(store, options, path)) : Optional.empty();
            }
        }
        byte[] start = start(path);
        if (startsWith(start, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
            Tensor values = Npy.read(path);
            return Optional.of(new DataSource(
                    dataset(values, List.of(), List.of(), options, "file \"" + path + "\""), Optional.empty()));
        }
        if (startsWith(start, 'P', 'K')) {
            try (ArrayStore store = ArrayStore.archive(path)) {
                return store.names().iterator().hasNext()
                        ? Optional.of(source(store, options, path))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static DataSource source(ArrayStore store, DataOptions options, Path path) {
        Names train = find(store, TRAIN)
                .orElseThrow(() -> new InvalidException("arrays: " + store.names() + " (expected: one of "
                        + TRAIN.stream().map(Names::values).toList() + "), file \"" + path + "\""));
        Dataset data = part(store, train, options, Classes.UNKNOWN);
        return new DataSource(data, find(store, TEST).map(test -> part(store, test, options, Classes.of(data))));
    }

    private static Optional<Names> find(ArrayStore store, List<Names> names) {
        return names.stream()
                .filter(name -> !arrays(store, name.values()).isEmpty())
                .findFirst();
    }

    /** The arrays of items of that name: by modality those that go on with a dot, or the one under "". */
    private static Map<String, String> arrays(ArrayStore store, String name) {
        Map<String, String> arrays = new LinkedHashMap<>();
        if (store.has(name)) {
            arrays.put("", name);
        }
        String prefix = name + ".";
        for (String array : store.names()) {
            if (array.regionMatches(true, 0, prefix, 0, prefix.length()) && array.length() > prefix.length()) {
                arrays.put(array.substring(prefix.length()), array);
            }
        }
        return arrays;
    }

    private static Dataset part(ArrayStore store, Names names, DataOptions options, Classes classes) {
        Map<String, String> arrays = arrays(store, names.values());
        if (arrays.size() > 1 && arrays.containsKey("")) {
            throw new InvalidException("arrays of items: " + arrays.values() + " (expected: \"" + names.values()
                    + "\", or one for each modality), " + store.place(names.values()));
        }
        Map<String, Dataset> modalities = new LinkedHashMap<>();
        arrays.forEach((modality, array) ->
                modalities.put(modality, items(store, array, modalities.isEmpty() ? names : NONE, options, classes)));
        return Datasets.joined(modalities);
    }

    /** @param names of the labels and groups */
    private static Dataset items(ArrayStore store, String array, Names names, DataOptions options, Classes classes) {
        Tensor values = store.read(array);
        if (values.rank() < 1) {
            throw new InvalidException("items: " + values + " (expected: axis 0 counts them), " + store.place(array));
        }
        List<Labels> labels = List.of();
        if (store.has(names.labels())) {
            String place = store.place(names.labels());
            int[] of = numbers(store.read(names.labels()), values.dim(0), place);
            labels = List.of(classes.numbered(Labels.TASK, of, item -> "item " + item + ", " + place));
        }
        List<String> groups = List.of();
        if (store.has(names.groups())) {
            groups = Arrays.stream(numbers(store.read(names.groups()), values.dim(0), store.place(names.groups())))
                    .mapToObj(Integer::toString)
                    .toList();
        }
        return dataset(values, labels, groups, options, store.place(array));
    }

    /** An integer an item; (items, 1) does too. */
    private static int[] numbers(Tensor array, long items, String place) {
        boolean one = array.rank() == 1 || (array.rank() == 2 && array.dim(1) == 1);
        if (!one || array.dim(0) != items || array.dtype().isFloat()) {
            throw new InvalidException(
                    "numbers: " + array + " (expected: " + items + " integers, one for each item), " + place);
        }
        return Arrays.stream(array.toLongs())
                .mapToInt(number -> (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number)))
                .toArray();
    }

    private static Dataset dataset(
            Tensor values, List<Labels> labels, List<String> groups, DataOptions options, String place) {
        if (values.rank() < 1) {
            throw new InvalidException("items: " + values + " (expected: axis 0 counts them), " + place);
        }
        boolean imageRank = values.rank() == 3 || (values.rank() == 4 && (isColour(values, 1) || isColour(values, 3)));
        Kind kind = options.kind()
                .orElse(imageRank && values.dtype() == DType.UINT8 ? new Kind.Image() : new Kind.Values());
        Tensor items = values.dtype() == DType.FLOAT64 ? values.to(DType.FLOAT32) : values;
        if (kind instanceof Kind.Image) {
            if (!imageRank) {
                throw new InvalidException("images: " + values + " (expected: (items, height, width), (items, 1 or 3, "
                        + "height, width) or (items, height, width, 1 or 3)), " + place);
            }
            items = channelsFirst(items);
            if (items.dtype() != DType.UINT8) {
                requireRange(items, 0, 1, "images", place);
            }
        } else if (kind instanceof Kind.Sound) {
            if (items.rank() == 3 && items.dim(1) == 1) {
                items = items.reshape(items.dim(0), items.dim(2));
            }
            if (items.rank() != 2) {
                throw new InvalidException("sounds: " + values + " (expected: (items, samples)), " + place);
            }
            requireRange(items, -1, 1, "sounds", place);
        } else if (items.dtype().isFloat()) {
            requireRange(items, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, "values", place);
        }
        return InMemory.of(kind, items, labels, groups);
    }

    private static boolean isColour(Tensor values, int axis) {
        return values.dim(axis) == 1 || values.dim(axis) == 3;
    }

    /** (items, channels, height, width) of images in one of the three shapes; 1 or 3 on axis 1 are channels. */
    private static Tensor channelsFirst(Tensor images) {
        if (images.rank() == 3) {
            return images.reshape(images.dim(0), 1, images.dim(1), images.dim(2));
        }
        if (isColour(images, 1)) {
            return images;
        }
        int width = images.dtype().bytes();
        int channels = (int) images.dim(3);
        int plane = (int) (images.dim(1) * images.dim(2));
        ByteBuffer from = images.bytes();
        ByteBuffer to = ByteBuffer.allocateDirect(from.remaining()).order(ByteOrder.nativeOrder());
        for (int image = 0; image < images.dim(0); image++) {
            for (int channel = 0; channel < channels; channel++) {
                for (int pixel = 0; pixel < plane; pixel++) {
                    int at = ((image * plane + pixel) * channels + channel) * width;
                    for (int i = 0; i < width; i++) {
                        to.put(from.get(at + i));
                    }
                }
            }
        }
        return Tensor.of(images.dtype(), to.flip(), images.dim(0), channels, images.dim(1), images.dim(2));
    }

    private static void requireRange(Tensor items, float least, float most, String what, String place) {
        for (long item = 0; item < items.dim(0); item++) {
            for (float value : items.slice(item, item + 1).toFloats()) {
                if (!(value >= least && value <= most) || Float.isInfinite(value)) {
                    throw new InvalidException(what + ": " + value + " (expected: finite, " + least + " to " + most
                            + "), item " + item + ", " + place);
                }
            }
        }
    }

    private static byte[] start(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return stream.readNBytes(6);
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        }
    }

    private static boolean startsWith(byte[] start, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (i >= start.length || (start[i] & 0xFF) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
