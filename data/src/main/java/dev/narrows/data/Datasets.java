package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Data sets made of others. */
public final class Datasets {

    private Datasets() {}

    /**
     * Items of several modalities. Labels and groups are those of the first; the others have none or the same.
     *
     * @param byName a data set for each modality, the same items in the same order; one alone is given back as it is
     * @throws dev.narrows.errors.IncompatibleException if they are not as many, or have other labels
     */
    public static Dataset joined(Map<String, Dataset> byName) {
        if (byName.isEmpty()) {
            throw new InvalidException("modalities: 0 (expected: 1 or more)");
        }
        return byName.size() == 1 ? byName.values().iterator().next() : new JoinedItems(byName);
    }

    /**
     * One modality of items that have several; all of an item is read for it.
     *
     * @throws InvalidException if there is none of that name
     */
    public static Dataset only(Dataset data, String modality) {
        if (!(data.kind() instanceof Kind.Several several)) {
            throw new InvalidException("modality: \"" + modality + "\" (expected: none, as the items have but one)");
        }
        return new OneModality(data, several.modality(modality));
    }

    /**
     * At most {@code perClass} items of each class (of the first task), chosen at random by the seed, in the data set's
     * order. Without labels all items are of one class.
     */
    public static Dataset limited(Dataset data, int perClass, long seed) {
        if (perClass < 0) {
            throw new InvalidException("items per class: " + perClass + " (expected: 0 or more)");
        }
        IntStream chosen = IntStream.empty();
        for (int[] places : Splits.byClass(data)) {
            Seeds.shuffle(places, Seeds.item(seed, 0, places.length == 0 ? 0 : places[0]));
            chosen = IntStream.concat(chosen, Arrays.stream(places).limit(perClass));
        }
        return new Subset(data, chosen.sorted().toArray());
    }
}
