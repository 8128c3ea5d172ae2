package dev.narrows.graph;

import dev.narrows.graph.Dataflow.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What depends on each step. */
final class Descent {

    private final BitSet[] from;
    private final List<Integer> ends = new ArrayList<>();

    Descent(Dataflow dataflow) {
        BitSet steps = dataflow.steps();
        from = new BitSet[dataflow.network().nodes().size()];
        for (int step = steps.length() - 1; step >= 0; step = steps.previousSetBit(step - 1)) {
            BitSet descendants = new BitSet();
            descendants.set(step);
            for (Value value : dataflow.made(step)) {
                for (int reader : value.readers()) {
                    descendants.or(from[reader]);
                }
            }
            from[step] = descendants;
            if (descendants.cardinality() == 1) {
                ends.add(step);
            }
        }
    }

    /** A step and all that depends on it. Not to be changed. */
    BitSet from(int step) {
        return from[step];
    }

    /**
     * The steps of which at least one lies downstream whenever {@code value} crosses, none depending on another: its
     * last readers; for a network output, which crosses as soon as it is made, the last steps outside {@code source}.
     */
    List<Integer> lastReaders(Value value, BitSet source) {
        List<Integer> last = new ArrayList<>();
        if (value.output()) {
            for (int end : ends) {
                if (!source.get(end)) {
                    last.add(end);
                }
            }
            return last;
        }
        BitSet readers = new BitSet();
        for (int reader : value.readers()) {
            readers.set(reader);
        }
        for (int reader : value.readers()) {
            BitSet later = (BitSet) from[reader].clone();
            later.clear(reader);
            if (!later.intersects(readers)) {
                last.add(reader);
            }
        }
        return last;
    }
}
