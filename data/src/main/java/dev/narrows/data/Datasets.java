package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Data sets made of others. */
public final class Datasets {

    private Datasets() {}

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
