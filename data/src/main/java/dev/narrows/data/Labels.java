package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is to be predicted of each item, for one task.
 *
 * @param task such as {@code label}
 * @param classes the classes' names, by number
 * @param of the class of each item; {@link #UNKNOWN} where it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // a number an item: lists would box them; nobody compares these
public record Labels(String task, List<String> classes, int[] of) {

    public static final int UNKNOWN = -1;

    /** The task where a source names none. */
    public static final String TASK = "label";

    public Labels {
        classes = List.copyOf(classes);
        for (int item = 0; item < of.length; item++) {
            if (of[item] < UNKNOWN || of[item] >= classes.size()) {
                throw new InvalidException("class: " + of[item] + " (expected: 0 to " + (classes.size() - 1) + ", or "
                        + UNKNOWN + " if unknown), item " + item + ", task \"" + task + "\"");
            }
        }
    }

    /** The names of classes that have none but their numbers. */
    static List<String> numbered(int classes) {
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    /** The labels of some of the items, in the order that is given. */
    Labels at(int[] items) {
        return new Labels(
                task, classes, IntStream.of(items).map(item -> of[item]).toArray());
    }
}
