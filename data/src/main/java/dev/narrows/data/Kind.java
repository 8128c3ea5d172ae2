package dev.narrows.data;

import dev.narrows.augment.Augmentation;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the values of an item are, for those who disturb, show or code them. */
public sealed interface Kind {

    /** (channels, height, width) in [0, 1]; 1 channel is grey, 3 are red, green and blue. */
    record Image() implements Kind {}

    /**
     * (samples) in [-1, 1].
     *
     * @param rate samples a second
     */
    record Sound(int rate) implements Kind {}

    /** Windows of measured series: (channels, steps), in the units of the file. */
    record Series() implements Kind {}

    /** Anything else. */
    record Values() implements Kind {}

    /**
     * The values of several modalities, one behind the other: an item stays one row of numbers, of shape (values), for all
     * who only pass it on.
     *
     * @param modalities in the order of their values, names once each
     */
    record Several(List<Modality> modalities) implements Kind {

        public Several {
            modalities = List.copyOf(modalities);
            int from = 0;
            for (Modality modality : modalities) {
                if (modality.from() != from) {
                    throw new InvalidException("first value: " + modality.from() + " (expected: " + from
                            + ", behind what is before it), modality \"" + modality.name() + "\"");
                }
                from += modality.length();
            }
            long names = modalities.stream().map(Modality::name).distinct().count();
            if (modalities.isEmpty() || names < modalities.size()) {
                throw new InvalidException("modalities: "
                        + modalities.stream().map(Modality::name).toList()
                        + " (expected: 1 or more, each name once)");
            }
        }

        /** What a data set's items consist of; empty if they are of one modality, which has no name. */
        public static Optional<Several> of(Dataset data) {
            return data.kind() instanceof Several several ? Optional.of(several) : Optional.empty();
        }

        /** Such as {@code [image (Image [3, 32, 32]), state (Values [4])]}. */
        @Override
        public String toString() {
            return modalities.stream()
                    .map(one -> one.name() + " (" + one.kind().getClass().getSimpleName() + " " + one.shape() + ")")
                    .toList()
                    .toString();
        }

        public List<String> names() {
            return modalities.stream().map(Modality::name).toList();
        }

        /** How many values an item has. */
        public int length() {
            Modality last = modalities.get(modalities.size() - 1);
            return last.from() + last.length();
        }

        /** @throws InvalidException if there is none of that name */
        public Modality modality(String name) {
            return modalities.stream()
                    .filter(modality -> modality.name().equals(name))
                    .findFirst()
                    .orElseThrow(() ->
                            new InvalidException("modality: \"" + name + "\" (expected: one of " + names() + ")"));
        }

        /**
         * A batch's values by modality.
         *
         * @param values (items, values) f32
         * @return each (items, …) in the modality's shape
         */
        public Map<String, Tensor> split(Tensor values) {
            FloatBuffer all = values.bytes().asFloatBuffer();
            int items = (int) values.dim(0);
            Map<String, Tensor> split = new LinkedHashMap<>();
            for (Modality modality : modalities) {
                int length = modality.length();
                ByteBuffer bytes =
                        ByteBuffer.allocateDirect(items * length * Float.BYTES).order(ByteOrder.nativeOrder());
                FloatBuffer own = bytes.asFloatBuffer();
                for (int item = 0; item < items; item++) {
                    own.put(item * length, all, item * length() + modality.from(), length);
                }
                List<Long> shape = new ArrayList<>(List.of((long) items));
                shape.addAll(modality.shape());
                long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
                split.put(modality.name(), Tensor.of(DType.FLOAT32, bytes, dims));
            }
            return split;
        }

        /**
         * What disturbs each modality by itself, in their order.
         *
         * @param each by modality; those that are not named stay as they are
         * @throws InvalidException if there is no such modality
         */
        public Augmentation augmentation(Map<String, Augmentation> each) {
            each.keySet().forEach(this::modality);
            return (item, shape, random) -> {
                for (Modality modality : modalities) {
                    Augmentation augmentation = each.getOrDefault(modality.name(), Augmentation.NONE);
                    if (augmentation != Augmentation.NONE) {
                        modality.put(augmentation.apply(modality.of(item), modality.dims(), random), item);
                    }
                }
                return item;
            };
        }
    }
}
