package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Ways to part a data set. Both parts keep the items' order; the same seed gives the same parts. */
public final class Splits {

    private Splits() {}

    /**
     * A random share of each class as test, in all {@code round(size × testShare)} items: no class is more than one item
     * away from its share (largest remainders). Items of unknown class count as a class; without labels all are of one.
     *
     * @param testShare 0 to 1
     */
    public static Split stratified(Dataset data, double testShare, long seed) {
        requireShare(testShare);
        List<int[]> classes = byClass(data);
        SplittableRandom random = Seeds.item(seed, 0, 0);
        int[] take = new int[classes.size()];
        int taken = 0;
        for (int i = 0; i < take.length; i++) {
            Seeds.shuffle(classes.get(i), random);
            take[i] = (int) (classes.get(i).length * testShare);
            taken += take[i];
        }
        List<Integer> byRemainder =
                new ArrayList<>(IntStream.range(0, take.length).boxed().toList());
        byRemainder.sort(Comparator.comparingDouble(i -> take[i] - classes.get(i).length * testShare));
        long wanted = Math.round(data.size() * testShare);
        for (int i = 0; taken < wanted; i++, taken++) {
            take[byRemainder.get(i)]++;
        }
        boolean[] test = new boolean[data.size()];
        for (int i = 0; i < take.length; i++) {
            for (int item : Arrays.copyOf(classes.get(i), take[i])) {
                test[item] = true;
            }
        }
        return split(data, item -> test[item]);
    }

    /**
     * Random whole groups as test, as near to the share of items as taking them in a random order comes; at least one
     * group on each side.
     *
     * @param testShare 0 to 1
     * @throws InvalidException if an item has no group, or there are fewer than two groups
     */
    public static Split byGroup(Dataset data, double testShare, long seed) {
        requireShare(testShare);
        Map<String, Integer> sizes = groups(data);
        if (sizes.size() < 2) {
            throw new InvalidException(
                    "groups: " + sizes.keySet() + " (expected: 2 or more, to have one on each side)");
        }
        List<String> names = List.copyOf(sizes.keySet());
        double wanted = data.size() * testShare;
        Set<String> test = new HashSet<>();
        int items = 0;
        for (int place : Seeds.order(names.size(), seed, 0)) {
            int with = items + sizes.getOrDefault(names.get(place), 0);
            boolean nearer = Math.abs(with - wanted) < Math.abs(items - wanted);
            if (test.isEmpty() || (nearer && test.size() < names.size() - 1)) {
                test.add(names.get(place));
                items = with;
            }
        }
        return byGroup(data, test);
    }

    /**
     * The items of the named groups as test.
     *
     * @throws InvalidException if an item has no group, or no item has one of the named groups
     */
    public static Split byGroup(Dataset data, Collection<String> testGroups) {
        Set<String> known = groups(data).keySet();
        for (String group : testGroups) {
            if (!known.contains(group)) {
                throw new InvalidException("group: \"" + group + "\" (expected: one of " + known + ")");
            }
        }
        Set<String> test = Set.copyOf(testGroups);
        return split(data, item -> test.contains(group(data, item)));
    }

    /** The places of each class's items, in the classes' order. */
    static List<int[]> byClass(Dataset data) {
        int[] of = data.labels().isEmpty()
                ? new int[data.size()]
                : data.labels().get(0).of();
        Map<Integer, IntStream.Builder> classes = new TreeMap<>();
        for (int item = 0; item < of.length; item++) {
            classes.computeIfAbsent(of[item], key -> IntStream.builder()).add(item);
        }
        return classes.values().stream().map(places -> places.build().toArray()).toList();
    }

    private static Map<String, Integer> groups(Dataset data) {
        Map<String, Integer> sizes = new TreeMap<>();
        for (int item = 0; item < data.size(); item++) {
            sizes.merge(group(data, item), 1, Integer::sum);
        }
        return sizes;
    }

    private static String group(Dataset data, int item) {
        return data.group(item)
                .orElseThrow(() -> new InvalidException("group: none (expected: one for each item), item " + item));
    }

    private static Split split(Dataset data, IntPredicate test) {
        return new Split(
                new Subset(
                        data,
                        IntStream.range(0, data.size()).filter(test.negate()).toArray()),
                new Subset(data, IntStream.range(0, data.size()).filter(test).toArray()));
    }

    private static void requireShare(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new InvalidException("share of the test set: " + share + " (expected: 0 to 1)");
        }
    }
}
