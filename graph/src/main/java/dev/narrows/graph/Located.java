package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import java.util.function.Supplier;

/** Adds to errors on their way out where they came from. */
final class Located {

    /** Longest text of an error: names come from files, and a name may be as long as its file. */
    private static final int MAX_TEXT = 2_000;

    private Located() {}

    /** What {@code work} gives; its errors have a text of bounded length. */
    static <T> T bounded(Supplier<T> work) {
        return in("", work);
    }

    /** What {@code work} gives; its errors end with {@code , place}. */
    static <T> T in(String place, Supplier<T> work) {
        try {
            return work.get();
        } catch (MalformedException e) {
            throw new MalformedException(text(e, place), e);
        } catch (InvalidException e) {
            throw new InvalidException(text(e, place), e);
        } catch (UnsupportedException e) {
            throw new UnsupportedException(text(e, place), e);
        }
    }

    private static String text(NarrowsException e, String place) {
        String text = e.getMessage() + (place.isEmpty() ? "" : ", " + place);
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + " …";
    }

    /** Does {@code work}; its errors end with {@code , place}. */
    static void run(String place, Runnable work) {
        in(place, () -> {
            work.run();
            return place;
        });
    }

    /** How errors call a node. */
    static String node(Node node) {
        return "node \"" + node.label() + "\"";
    }
}
