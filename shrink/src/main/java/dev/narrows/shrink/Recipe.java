package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is done to a network to make it smaller: blocks or channels go and the rest is taught, in turns; then it is fused; then its
 * layers compute with bytes, or not.
 *
 * @param steps of removing and teaching, one behind the other
 * @param precision of the layers
 */
public record Recipe(List<Step> steps, Precision precision) {

    private static final String DROP = "drop ";

    /** Nothing but fusing. */
    public static final Recipe FUSED = new Recipe(List.of(), new Precision.Float32());

    /**
     * One turn.
     *
     * @param gone blocks that are gone behind it, as places among the {@link ResidualBlocks#innermost} of the original network
     * @param kept channels of each of {@link FilterPruning#sets}; empty for all
     * @param epochs of learning again from the original network; 0 for none
     */
    public record Step(List<Integer> gone, List<Integer> kept, int epochs) {

        /** All is there. */
        static final Step NONE = new Step(List.of(), List.of(), 0);

        public Step {
            gone = List.copyOf(gone);
            kept = List.copyOf(kept);
            if (epochs < 0) {
                throw new InvalidException("epochs: " + epochs + " (expected: 0 or more)");
            }
        }
    }

    /** What layers compute with. */
    public sealed interface Precision {

        /** Floats, as before. */
        record Float32() implements Precision {}

        /**
         * Bytes ({@link Int8}).
         *
         * @param way that it is done in
         * @param floatLayers how many of the most sensitive layers stay in float32
         */
        record Bytes(Int8Way way, int floatLayers) implements Precision {

            public Bytes {
                if (floatLayers < 0) {
                    throw new InvalidException("layers in float32: " + floatLayers + " (expected: 0 or more)");
                }
            }
        }
    }

    public Recipe {
        steps = List.copyOf(steps);
    }

    /** The last turn: what is gone in the end. */
    Step last() {
        return steps.isEmpty() ? Step.NONE : steps.get(steps.size() - 1);
    }

    /** The same with another turn at the end, in float32. */
    public Recipe then(Step step) {
        List<Step> more = new ArrayList<>(steps);
        more.add(step);
        return new Recipe(more, new Precision.Float32());
    }

    /** The same with layers of bytes, but for so many. */
    public Recipe inBytes(Int8Way way, int floatLayers) {
        return new Recipe(steps, new Precision.Bytes(way, floatLayers));
    }

    /** How long it is taught in all. */
    public int epochs() {
        return steps.stream().mapToInt(Step::epochs).sum();
    }

    /** Whether layers compute with bytes. */
    public boolean isInBytes() {
        return precision instanceof Precision.Bytes;
    }

    /** What is done, in order, without a comma; two recipes with the same text are the same. */
    public String text() {
        List<String> parts = new ArrayList<>();
        Step before = Step.NONE;
        for (Step step : steps) {
            if (!step.gone().equals(before.gone())) {
                parts.add(DROP + words(step.gone()));
            }
            if (!step.kept().equals(before.kept())) {
                parts.add("keep " + words(step.kept()));
            }
            before = step;
            if (step.epochs() > 0) {
                parts.add("teach " + step.epochs());
            }
        }
        parts.add("fuse");
        if (precision instanceof Precision.Bytes bytes) {
            parts.add("int8 " + bytes.way().text() + (bytes.floatLayers() > 0 ? " but " + bytes.floatLayers() : ""));
        }
        return String.join(" > ", parts);
    }

    /** How many blocks are gone behind all steps of a recipe, by its text. */
    static int blocksGone(String text) {
        int gone = 0;
        for (String part : text.split(" > ", -1)) {
            if (part.startsWith(DROP)) {
                gone = part.substring(DROP.length()).split(" ", -1).length;
            }
        }
        return gone;
    }

    private static String words(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
