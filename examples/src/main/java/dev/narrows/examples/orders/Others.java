package dev.narrows.examples.orders;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What people say that orders nothing of the machine. Each split has phrases of its own, though of the same words: what
 * is no order must be known by not being one.
 */
final class Others {

    private static final List<String> SAYINGS = List.of(
            "good morning",
            "good evening",
            "good night",
            "hello there",
            "how are you",
            "how are you today",
            "I am fine",
            "thank you very much",
            "thanks a lot",
            "you are welcome",
            "see you tomorrow",
            "see you later",
            "goodbye",
            "what time is it",
            "it is half past nine",
            "where is the station",
            "where are my keys",
            "open the door",
            "close the window",
            "turn on the light",
            "turn off the radio",
            "play some music",
            "call my mother",
            "the weather is nice",
            "it is raining again",
            "it is cold outside",
            "happy birthday",
            "merry christmas",
            "I love this song",
            "what a lovely day",
            "who is there",
            "come in please",
            "sit down please",
            "wait a minute",
            "just a moment",
            "excuse me",
            "I am sorry",
            "never mind",
            "no problem",
            "of course",
            "maybe later",
            "yes please",
            "no thank you",
            "yes",
            "no",
            "okay",
            "hello",
            "hey",
            "right",
            "really",
            "sure",
            "well done",
            "the meeting is at ten",
            "send me an email",
            "where did you park",
            "the train is late",
            "take the bus",
            "the children are at school",
            "my brother lives in london",
            "she works in paris",
            "he plays the piano",
            "we went to the beach",
            "let us go home",
            "I am tired",
            "I am hungry",
            "dinner is ready",
            "wash your hands",
            "read the book",
            "write it down",
            "what is your name",
            "my name is peter",
            "nice to meet you",
            "how much is it",
            "that is too much",
            "here you are",
            "keep the change",
            "do you take cards",
            "is this seat taken",
            "the garden is green",
            "the dog is barking",
            "the cat is asleep",
            "look at the sky",
            "blue and yellow",
            "red and orange",
            "left and right",
            "up and down",
            "north and south",
            "seven eight nine",
            "one two three",
            "four five six",
            "twenty five",
            "one hundred",
            "monday morning",
            "tuesday afternoon",
            "next wednesday",
            "on friday night",
            "in january",
            "last summer",
            "computer",
            "telephone",
            "newspaper",
            "window",
            "mountain",
            "elephant",
            "holiday",
            "banana",
            "apple juice",
            "orange juice",
            "lemonade",
            "sandwich",
            "chicken soup",
            "bread and butter",
            "salt and pepper",
            "a piece of cake",
            "milk and sugar",
            "some more sugar",
            "a glass of wine",
            "a bottle of beer",
            "is it ready yet",
            "the machine is broken",
            "it needs cleaning",
            "where is the milk",
            "the cup is full",
            "who is next",
            "can you help me",
            "I have no idea",
            "that is right",
            "this is wrong",
            "do it again",
            "what did you say",
            "say that again",
            "I do not know",
            "let me think",
            "are you sure",
            "not today",
            "not yet",
            "after lunch",
            "before dinner",
            "I forgot my wallet",
            // Near an order, and none.
            "coffee",
            "some coffee please",
            "cold water",
            "a glass of water",
            "chocolate cake",
            "a bar of chocolate",
            "a hot dog",
            "it is too hot",
            "paint it white",
            "the tyre is flat",
            "make it double",
            "on the double",
            "the express train",
            "an american car",
            "at the top",
            "the coffee shop",
            "shop around",
            "the team won",
            "a tea spoon",
            "the t v is on",
            "later",
            "a letter for you",
            "much too loud",
            "a motor bike",
            "what about you",
            "step by step",
            "drop it",
            "the story",
            "white wine",
            "flat screen",
            "the capital",
            "a match");

    /** What the machine has not, asked for as drinks are: the name must decide, not the manner. */
    private static final List<String> THINGS = List.of(
            "a sandwich",
            "a banana",
            "a muffin",
            "a cookie",
            "a brownie",
            "a bagel",
            "a croissant",
            "a lemonade",
            "an orange juice",
            "an apple juice",
            "a beer",
            "a red wine",
            "a cold water",
            "a coffee",
            "a napkin",
            "a spoon",
            "a receipt",
            "a menu",
            "a cola",
            "a milk shake",
            "a cold milk",
            "a glass of milk",
            "a smoothie",
            "a pancake",
            "a pretzel",
            "a salad",
            "an ice cream",
            "a lemon cake",
            "a chocolate bar",
            "a cheese roll",
            "an apple pie",
            "an omelette",
            "a ticket",
            "a newspaper",
            "a pillow",
            "a window seat",
            "a blue pen",
            "a new phone");

    private static final List<String> SUBJECTS = List.of(
            "I",
            "we",
            "they",
            "you",
            "my friend",
            "the teacher",
            "the boy",
            "her sister",
            "our neighbour",
            "nobody",
            "the old man",
            "everyone");

    private static final List<String> VERBS = List.of(
            "found", "saw", "bought", "lost", "liked", "painted", "forgot", "cleaned", "moved", "carried", "watched",
            "opened", "fixed", "sold");

    private static final List<String> OBJECTS = List.of(
            "the house",
            "a red car",
            "the old bridge",
            "my shoes",
            "this film",
            "a letter",
            "the big box",
            "some flowers",
            "the camera",
            "two birds",
            "a green jacket",
            "the picture",
            "those books",
            "the river",
            "a football",
            "the guitar");

    private Others() {}

    /** Half of them sayings, a quarter asking for things, a quarter sentences. */
    static String draw(Split split, RandomGenerator random) {
        while (true) {
            String phrase = switch (random.nextInt(4)) {
                case 0 -> Phrases.fill(Phrases.pick(Phrases.CARRIERS, random), Phrases.pick(THINGS, random));
                case 1 ->
                    Phrases.pick(SUBJECTS, random) + " " + Phrases.pick(VERBS, random) + " "
                            + Phrases.pick(OBJECTS, random);
                default -> Phrases.pick(SAYINGS, random);
            };
            if (isOf(phrase, split)) {
                return phrase;
            }
        }
    }

    static String shortest(Split split) {
        return SAYINGS.stream()
                .filter(phrase -> isOf(phrase, split))
                .min(Comparator.comparing(String::length))
                .orElseThrow();
    }

    static Set<String> all() {
        Set<String> all = new LinkedHashSet<>(SAYINGS);
        for (String thing : THINGS) {
            for (String carrier : Phrases.CARRIERS) {
                all.add(Phrases.fill(carrier, thing));
            }
        }
        for (String subject : SUBJECTS) {
            for (String verb : VERBS) {
                for (String object : OBJECTS) {
                    all.add(subject + " " + verb + " " + object);
                }
            }
        }
        return all;
    }

    /** By the phrase alone, whatever the seed: two tenths for tests, one for validation. */
    static boolean isOf(String phrase, Split split) {
        int tenth = Math.floorMod(phrase.hashCode(), 10);
        Split owner = tenth < 2 ? Split.TEST : tenth < 3 ? Split.VALIDATION : Split.TRAIN;
        return owner == (split == Split.FLITE ? Split.TEST : split);
    }
}
