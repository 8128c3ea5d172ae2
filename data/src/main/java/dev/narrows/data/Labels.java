package dev.narrows.data;

import java.util.List;

/**
 * What is to be predicted of each item, for one task.
 *
 * @param task such as {@code label}
 * @param classes the classes' names, by number
 * @param of the class of each item; {@link #UNKNOWN} where it is not known
 */
public record Labels(String task, List<String> classes, int[] of) {

    public static final int UNKNOWN = -1;

    public Labels {
        classes = List.copyOf(classes);
    }
}
