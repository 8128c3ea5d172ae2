package dev.narrows.examples.orders;

import dev.narrows.errors.InvalidException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What is said for each label: names of the drink in carrier phrases, and for {@code other} whatever else people say.
 * All of it takes less than two seconds at a brisk pace.
 */
final class Phrases {

    /** The network's classes, in its order. */
    static final List<String> LABELS = List.of(
            "espresso",
            "double_espresso",
            "americano",
            "cappuccino",
            "latte",
            "flat_white",
            "macchiato",
            "mocha",
            "hot_chocolate",
            "tea",
            "hot_water",
            "stop",
            "other",
            "background");

    /** Speech that orders nothing. */
    static final String OTHER = "other";

    /** No speech. */
    static final String BACKGROUND = "background";

    /** With its article: {@code espresso} is what a drink may be called, without and with one. */
    private static final Map<String, List<String>> DRINKS = Map.ofEntries(
            Map.entry("espresso", List.of("an espresso", "a single espresso", "a hot espresso", "a strong espresso")),
            Map.entry("double_espresso", List.of("a double espresso", "a hot double espresso")),
            Map.entry("americano", List.of("an americano", "a black americano", "a hot americano")),
            Map.entry("cappuccino", List.of("a cappuccino", "a creamy cappuccino", "a dry cappuccino")),
            Map.entry("latte", List.of("a latte", "a cafe latte", "a hot latte")),
            Map.entry("flat_white", List.of("a flat white", "a hot flat white")),
            Map.entry("macchiato", List.of("a macchiato", "a hot macchiato")),
            Map.entry("mocha", List.of("a mocha", "a cafe mocha", "a hot mocha")),
            Map.entry("hot_chocolate", List.of("a hot chocolate", "a cup of hot chocolate", "a sweet hot chocolate")),
            Map.entry("tea", List.of("a tea", "a cup of tea", "a black tea", "a hot tea", "some tea")),
            Map.entry("hot_water", List.of("a hot water", "some hot water", "a cup of hot water")));

    /** {@code #} stands for the name without its article, {@code *} for the name with it. */
    static final List<String> CARRIERS = List.of(
            "#",
            "#",
            "#",
            "# please",
            "# please",
            "*",
            "*",
            "* please",
            "* please",
            "one #",
            "one # please",
            "can I get *",
            "can I have *",
            "could I have *",
            "could I get *",
            "may I have *",
            "I'd like *",
            "I would like *",
            "I'll have *",
            "I'll take *",
            "I want *",
            "I need *",
            "give me *",
            "get me *",
            "make me *",
            "make *",
            "make * please",
            "just *",
            "just * please",
            "let me have *",
            "another #",
            "another # please",
            "one more #",
            "* for me",
            "* to go",
            "* now",
            "* thanks",
            "# thank you",
            "um, *",
            "uh, * please",
            "er, #",
            "well, *",
            "okay, *",
            "so, *",
            "hi, * please",
            "hello, *",
            "hey, *",
            "yes, *",
            "and *",
            "then *",
            "brew me *",
            "start *",
            "we'd like *",
            "a small #",
            "a large #",
            "a large # please",
            "a medium #");

    private static final List<String> STOP = List.of(
            "stop",
            "stop",
            "stop",
            "stop please",
            "please stop",
            "stop now",
            "stop it",
            "stop that",
            "stop it now",
            "stop the machine",
            "stop, stop",
            "no, stop",
            "wait, stop",
            "hey, stop",
            "okay, stop",
            "stop there",
            "stop brewing",
            "stop right now",
            "stop right there",
            "please stop it",
            "please stop now",
            "just stop",
            "stop stop stop",
            "oh, stop",
            "um, stop",
            "now stop",
            "that's enough, stop",
            "you can stop now",
            "can you stop",
            "could you stop",
            "stop making coffee",
            "stop pouring",
            "stop this",
            "stop at once",
            "no no, stop");

    private Phrases() {}

    /** Something that may be said. */
    static String draw(String label, Split split, RandomGenerator random) {
        if (label.equals("stop")) {
            return pick(STOP, random);
        }
        if (label.equals(OTHER)) {
            return Others.draw(split, random);
        }
        List<String> names = names(label);
        // The plain name half of the time.
        String name = names.get(random.nextBoolean() ? 0 : random.nextInt(names.size()));
        return fill(pick(CARRIERS, random), name);
    }

    /** The shortest that can be said for the label, for speakers too slow for all else. */
    static String shortest(String label, Split split) {
        if (label.equals("stop")) {
            return "stop";
        }
        if (label.equals(OTHER)) {
            return Others.shortest(split);
        }
        return fill("#", names(label).get(0));
    }

    /** All that may be said for the label in some split. */
    static Set<String> all(String label) {
        if (label.equals("stop")) {
            return new LinkedHashSet<>(STOP);
        }
        if (label.equals(OTHER)) {
            return Others.all();
        }
        Set<String> all = new LinkedHashSet<>();
        for (String carrier : CARRIERS) {
            for (String name : names(label)) {
                all.add(fill(carrier, name));
            }
        }
        return all;
    }

    private static List<String> names(String label) {
        List<String> names = DRINKS.get(label);
        if (names == null) {
            throw new InvalidException("label: " + label + " (expected: one that is spoken, of " + LABELS + ")");
        }
        return names;
    }

    static String fill(String carrier, String name) {
        String bare = name.substring(name.indexOf(' ') + 1);
        return carrier.replace("*", name).replace("#", bare);
    }

    static String pick(List<String> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }
}
