package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * How a name in a spec becomes an augmentation.
 *
 * @param usual the rest of the entry where the name stands alone, such as {@code 10} or {@code 0-20}; empty if the name
 *     takes no number
 * @param fill what is seen beyond the edge where nothing is said; empty where nothing beyond it can be seen
 * @param chance how likely it is where nothing is said
 * @param alone what a single number stands for
 * @param meaning of the number, with its unit
 */
record Recipe<M extends Medium>(
        String name,
        String usual,
        Optional<Fill> fill,
        double chance,
        DoubleFunction<Range> alone,
        String meaning,
        Maker<M> maker) {

    /** Makes the augmentation of the range that was asked for. */
    interface Maker<M extends Medium> {
        Augmentation make(Range range, Fill fill, M medium);
    }

    /** The augmentation that an entry of a spec asks for. */
    Augmentation make(SpecEntry entry, M medium) {
        if (usual.isEmpty() && !entry.amount().isEmpty()) {
            throw new InvalidException("amount: " + entry.amount() + " (expected: none)");
        }
        if (fill.isEmpty() && entry.fill().isPresent()) {
            throw new InvalidException("fill: " + entry.fill().get().word() + " (expected: none)");
        }
        String amount = entry.amount().isEmpty() ? usual : entry.amount();
        Range range = amount.isEmpty() ? Range.exactly(0) : SpecEntry.range(amount, alone);
        return maker.make(range, entry.fill().or(() -> fill).orElse(Fill.ZERO), medium);
    }

    /** The name with its usual number. */
    String usualEntry() {
        return (usual.isEmpty() ? name : name + ":" + usual) + (chance == 1 ? "" : "@" + Check.text(chance));
    }
}
