package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.util.function.Supplier;

/** Adds to errors on their way out where they came from. */
final class Located {

    private Located() {}

    /** What {@code work} gives; its errors end with {@code , place}. */
    static <T> T in(String place, Supplier<T> work) {
        try {
            return work.get();
        } catch (MalformedException e) {
            throw new MalformedException(e.getMessage() + ", " + place, e);
        } catch (InvalidException e) {
            throw new InvalidException(e.getMessage() + ", " + place, e);
        } catch (UnsupportedException e) {
            throw new UnsupportedException(e.getMessage() + ", " + place, e);
        }
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
