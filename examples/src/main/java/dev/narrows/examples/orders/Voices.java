package dev.narrows.examples.orders;

import dev.narrows.errors.UnavailableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The speakers of each split. An espeak-ng voice is an accent with a variant (the speaker's build and age). A variant
 * belongs to one split with all its accents, chosen by its name alone: whatever the seed, a data set's test speakers are
 * in no other data set's training.
 */
final class Voices {

    /** A row of {@code espeak-ng --voices}: priority, language, age and gender, name, file. */
    private static final Pattern ROW =
            Pattern.compile("\\s*\\d+\\s+(\\S+)\\s+\\S+\\s+\\S+\\s+(\\S+(?: \\S+)?)\\s*(?:\\(.*)?");

    /** All but {@code awb_time}, which can tell the time only. */
    private static final List<String> FLITE = List.of("awb", "kal", "kal16", "rms", "slt");

    /** To tell variants that sound the same by: vowels, a nasal, fricatives and stops. */
    private static final String SAMPLE = "a cappuccino is much of a thing";

    private final Set<String> accents;
    private final List<String> variants;

    private Voices(Set<String> accents, List<String> variants) {
        this.accents = accents;
        this.variants = variants;
    }

    /**
     * The voices of the engines, which must be installed.
     *
     * @throws UnavailableException if espeak-ng is asked for and not there
     */
    static Voices of(Set<Engine> engines) {
        return engines.contains(Engine.ESPEAK)
                ? new Voices(espeakAccents(), espeakVariants())
                : new Voices(Set.of(), List.of());
    }

    /**
     * The speakers of a split, in an order that depends on the installed engines alone.
     *
     * @throws UnavailableException if there are none
     */
    List<Speaker> of(Split split) {
        if (split == Split.FLITE) {
            return FLITE.stream().map(voice -> new Speaker(Engine.FLITE, voice)).toList();
        }
        List<Speaker> speakers = new ArrayList<>();
        for (String variant : variants) {
            if (split(variant) == split) {
                for (String accent : accents) {
                    speakers.add(new Speaker(Engine.ESPEAK, accent + "+" + variant));
                }
            }
        }
        if (speakers.isEmpty()) {
            throw new UnavailableException("voices: none for " + split.folder()
                    + " (expected: espeak-ng's English accents and variants; package espeak-ng-data)");
        }
        return speakers;
    }

    /** The split that a variant belongs to: two tenths test, one validation. */
    static Split split(String variant) {
        int tenth = Math.floorMod(Sha256.of(variant)[0], 10);
        return tenth < 2 ? Split.TEST : tenth < 3 ? Split.VALIDATION : Split.TRAIN;
    }

    /**
     * English accents of espeak-ng itself by their files' names, such as {@code en-GB-scotland}; those of MBROLA need
     * voices of their own. Files, because a language's tag may name another file, and then variants are ignored.
     */
    private static Set<String> espeakAccents() {
        Set<String> accents = new TreeSet<>();
        for (Matcher row : rows("en")) {
            if (!row.group(2).startsWith("mb/") && !row.group(1).equals("variant")) {
                accents.add(row.group(2).replaceFirst("^.*/", ""));
            }
        }
        return accents;
    }

    /** Variants, the first by name of those that sound the same. */
    private static List<String> espeakVariants() {
        Set<String> names = new TreeSet<>();
        for (Matcher row : rows("variant")) {
            names.add(row.group(2).replaceFirst("^!v/", ""));
        }
        Set<String> heard = new HashSet<>();
        return names.stream().filter(variant -> heard.add(sound(variant))).toList();
    }

    private static String sound(String variant) {
        return Sha256.hex(Sha256.of(Programs.output(List.of("espeak-ng", "-v", "en+" + variant, "--stdout", SAMPLE))));
    }

    private static List<Matcher> rows(String language) {
        String table =
                new String(Programs.output(List.of("espeak-ng", "--voices=" + language)), StandardCharsets.UTF_8);
        return table.lines().map(ROW::matcher).filter(Matcher::matches).toList();
    }
}
