package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The classes that are known by task before a source is read: those of the training set when its test set is, so that
 * both number them alike.
 */
final class Classes {

    /** None is known: the labels that occur are the classes. */
    static final Classes UNKNOWN = new Classes(Map.of());

    private static final Pattern INTEGER = Pattern.compile("-?\\d+");
    /** More in an error would hide what it says. */
    private static final int SHOWN = 20;

    /** Beyond it numbers are measurements and no classes. */
    private static final int MAX_NUMBERED = 1_000_000;

    private final Map<String, List<String>> byTask;

    private Classes(Map<String, List<String>> byTask) {
        this.byTask = byTask;
    }

    static Classes of(Dataset data) {
        return new Classes(data.labels().stream().collect(Collectors.toUnmodifiableMap(Labels::task, Labels::classes)));
    }

    /**
     * Labels by name. New classes are sorted: as numbers if all are integers, else as texts.
     *
     * @param names of each item; "" if it is not known
     * @param place where item i is, for errors
     * @throws InvalidException if a label is not one of the known classes
     */
    Labels named(String task, List<String> names, IntFunction<String> place) {
        List<String> classes = byTask.getOrDefault(task, List.of());
        boolean open = !byTask.containsKey(task);
        if (open) {
            Set<String> occurring = new LinkedHashSet<>(names);
            occurring.remove("");
            classes = sorted(occurring);
        }
        Map<String, Integer> numbers = new HashMap<>();
        numbers.put("", Labels.UNKNOWN);
        for (String name : classes) {
            numbers.put(name, numbers.size() - 1);
        }
        int[] of = new int[names.size()];
        for (int item = 0; item < of.length; item++) {
            Integer number = numbers.get(names.get(item));
            if (number == null) {
                throw new InvalidException("label: \"" + names.get(item) + "\" (expected: one of " + shown(classes)
                        + ", the classes of the training set), " + place.apply(item));
            }
            of[item] = number;
        }
        return new Labels(task, classes, of);
    }

    /**
     * Labels by number. New classes are the numbers from 0 to the greatest.
     *
     * @param of the class of each item, {@link Labels#UNKNOWN} if it is not known
     * @throws InvalidException if a label is no class's number
     */
    Labels numbered(String task, int[] of, IntFunction<String> place) {
        boolean open = !byTask.containsKey(task);
        int count = open ? MAX_NUMBERED : byTask.getOrDefault(task, List.of()).size();
        int greatest = Labels.UNKNOWN;
        for (int item = 0; item < of.length; item++) {
            if (of[item] < Labels.UNKNOWN || of[item] >= count) {
                throw new InvalidException(
                        "label: " + of[item] + " (expected: 0 to " + (count - 1) + "), " + place.apply(item));
            }
            greatest = Math.max(greatest, of[item]);
        }
        return new Labels(task, open ? Labels.numbered(greatest + 1) : byTask.getOrDefault(task, List.of()), of);
    }

    private static List<String> sorted(Set<String> names) {
        boolean integers = names.stream().allMatch(name -> INTEGER.matcher(name).matches());
        return names.stream()
                .sorted(integers ? Comparator.comparing(BigInteger::new) : Comparator.naturalOrder())
                .toList();
    }

    private static String shown(List<String> classes) {
        return classes.size() <= SHOWN
                ? classes.toString()
                : classes.subList(0, SHOWN) + " and " + (classes.size() - SHOWN) + " more";
    }
}
