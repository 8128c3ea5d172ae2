package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import java.util.List;

/**
 * Multiply-accumulates for one item.
 *
 * @param reach of the trunk up to each exit
 * @param heads of each exit itself
 * @param trunk of the whole trunk
 */
public record ExitCosts(List<Long> reach, List<Long> heads, long trunk) {

    public ExitCosts {
        reach = List.copyOf(reach);
        heads = List.copyOf(heads);
        if (reach.size() != heads.size() || trunk <= 0) {
            throw new InvalidException("costs: " + reach.size() + " exits, " + heads.size() + " heads, trunk " + trunk
                    + " (expected: as many heads as exits, and work)");
        }
    }
}
