package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Augmentations from text, as command lines have it: {@code crop:4,flip,rotate:15,light:0.3,noise:0.05@0.5}. Entries
 * happen in the order in which they are written:
 *
 * <pre>
 * spec   = entry *("," entry), or empty, or "none"
 * entry  = preset | name [":" amount] [":zero" | ":edge"] ["@" chance]
 * amount = a      what a single number stands for, {@link #describe} tells for each name
 *        | a-b    uniformly from a to b
 *        | ±a     uniformly from -a to a; also written +-a
 * chance = 0 to 1 how likely the entry is
 * </pre>
 */
public final class Augmentations {

    private static final Map<String, String> IMAGE_PRESETS = Map.of(
            "image-light",
            "crop:2,rotate:5,light:0.2,noise:0.03",
            "image-strong",
            "crop:4,rotate:15,zoom:0.15,light:0.4,shadow:0.6@0.3,blur:1@0.2,motion:4@0.15,jpeg:20@0.25,"
                    + "pixelate:2@0.1,noise:0.12@0.6,erase:0.3@0.3");
    private static final Map<String, String> SOUND_PRESETS = Map.of(
            "sound-light",
            "shift:100,gain:6,noise:15-40@0.7",
            "sound-strong",
            "speed:0.1@0.5,shift:200,reverb:0.5@0.3,telephone@0.1,clip:0.3@0.1,gain:10,noise:0-30@0.8,"
                    + "dropout:0.1@0.1,specaugment:0.12@0.5");

    private Augmentations() {}

    /**
     * The augmentation that a spec asks for.
     *
     * @throws InvalidException if a name is not known, an amount does not fit, or what an entry needs is not there
     */
    public static Augmentation parse(String spec, Medium medium) {
        if (medium instanceof Medium.Sound sound) {
            return parse(spec, SoundRecipes.ALL, SOUND_PRESETS, sound);
        }
        return parse(spec, ImageRecipes.ALL, IMAGE_PRESETS, new Medium.Image());
    }

    /** Every augmentation: those of images, then those of sound. */
    public static List<Description> describe() {
        return Stream.concat(
                        ImageRecipes.ALL.stream().map(recipe -> description("image", recipe)),
                        SoundRecipes.ALL.stream().map(recipe -> description("sound", recipe)))
                .toList();
    }

    private static Description description(String medium, Recipe<?> recipe) {
        return new Description(medium, recipe.name(), recipe.usualEntry(), recipe.meaning());
    }

    /** The presets by name, each with the spec that it stands for. */
    public static Map<String, String> presets() {
        Map<String, String> all = new TreeMap<>(IMAGE_PRESETS);
        all.putAll(SOUND_PRESETS);
        return all;
    }

    private static <M extends Medium> Augmentation parse(
            String spec, List<Recipe<M>> recipes, Map<String, String> presets, M medium) {
        if (spec.isBlank() || spec.trim().equals("none")) {
            return Augmentation.NONE;
        }
        List<Sequence.Step> steps = new ArrayList<>();
        for (String entry : spec.split(",", -1)) {
            String preset = presets.get(entry.trim());
            if (preset == null) {
                steps.add(step(entry, spec, recipes, presets, medium));
                continue;
            }
            for (String part : preset.split(",", -1)) {
                steps.add(step(part, spec, recipes, presets, medium));
            }
        }
        return new Sequence(steps);
    }

    private static <M extends Medium> Sequence.Step step(
            String text, String spec, List<Recipe<M>> recipes, Map<String, String> presets, M medium) {
        SpecEntry entry = SpecEntry.parse(text);
        Recipe<M> recipe = recipes.stream()
                .filter(known -> known.name().equals(entry.name()))
                .findFirst()
                .orElseThrow(() -> new InvalidException("augmentation: \"" + entry.name() + "\" (expected: one of "
                        + Stream.concat(
                                        recipes.stream().map(Recipe::name),
                                        presets.keySet().stream().sorted())
                                .collect(Collectors.joining(", "))
                        + "), in \"" + spec + "\""));
        try {
            return new Sequence.Step(recipe.make(entry, medium), entry.chance().orElse(recipe.chance()));
        } catch (InvalidException e) {
            throw new InvalidException(e.getMessage() + ", in \"" + text.trim() + "\"", e);
        }
    }
}
