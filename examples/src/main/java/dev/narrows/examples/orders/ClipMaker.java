package dev.narrows.examples.orders;

import dev.narrows.errors.ExecutionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * Makes the clips of one split. Each is a function of recipe, split and number alone: workers may make them in any order.
 * Thread-safe.
 */
final class ClipMaker {

    /** Samples that speech may take at most; leaves room to place it. */
    private static final int LONGEST = Pcm.CLIP - Pcm.RATE / 10;
    /** Samples of a voice that has failed to say anything. */
    private static final int SHORTEST = Pcm.RATE / 10;

    private static final int MIN_PACE = 120;
    private static final int MAX_PACE = 200;
    private static final int MIN_PITCH = 15;
    private static final int MAX_PITCH = 85;
    /** Peak of a clip, a share of full scale: as wide as a gain of 14 dB. */
    private static final double SOFTEST = 0.2;

    private static final double LOUDEST = 0.95;
    /** Share of background clips that are almost silent. */
    private static final double HUSH = 0.1;
    /** Draws before the shortest phrase is said. */
    private static final int DRAWS = 8;
    /** Voices that babble is mixed of. */
    private static final int BED = 32;

    private final Recipe recipe;
    private final Split split;
    private final List<Speaker> speakers;
    private final Synthesizer synthesizer;
    private final List<float[]> bed;

    private ClipMaker(Recipe recipe, Split split, List<Speaker> speakers, Synthesizer synthesizer) {
        this.recipe = recipe;
        this.split = split;
        this.speakers = speakers;
        this.synthesizer = synthesizer;
        this.bed = new Bed(
                BED,
                voice -> speak(Phrases.OTHER, recipe.random(split, -1 - voice)).sound());
    }

    static ClipMaker of(Recipe recipe, Split split, Voices voices, Synthesizer synthesizer) {
        return new ClipMaker(recipe, split, voices.of(split), synthesizer);
    }

    int speakers() {
        return speakers.size();
    }

    /** The clip, clean; with its noisy copy after it if the split has noisy ones. */
    List<Clip> make(int number) {
        RandomGenerator random = recipe.random(split, number);
        // Every class as often as any other.
        String label = Phrases.LABELS.get(number % Phrases.LABELS.size());
        String file = String.format(Locale.ROOT, "%s/%05d.wav", label, number);
        return label.equals(Phrases.BACKGROUND) ? background(file, random) : speech(label, file, random);
    }

    private List<Clip> speech(String label, String file, RandomGenerator random) {
        Speech speech = speak(label, random);
        Speaker speaker = speech.utterance().speaker();
        String text = speech.utterance().text();
        double peak = random.nextDouble(SOFTEST, LOUDEST);
        int length = speech.sound().length;
        int start = random.nextInt(Pcm.CLIP - length + 1);
        float[] placed = new float[Pcm.CLIP];
        System.arraycopy(speech.sound(), 0, placed, start, length);
        float[] clean = placed.clone();
        toPeak(clean, peak);
        List<Clip> clips = new ArrayList<>();
        clips.add(new Clip(
                new Manifest.Row(
                        split.folder() + "/" + file,
                        label,
                        speaker.name(),
                        speaker.engine().program(),
                        text,
                        split.folder(),
                        OptionalDouble.empty(),
                        ""),
                clean));
        if (split.hasNoisy()) {
            // In tenths, as the manifest has it.
            double snr = Math.floor(10 * random.nextDouble(recipe.minSnr(), Math.nextUp(recipe.maxSnr()))) / 10;
            Noise noise = Noise.draw(random);
            double power = Noise.power(placed, start, start + length);
            float[] noisy = random.nextDouble() < recipe.reverberation() ? Room.echo(placed, random) : placed;
            float[] sound = noise.sound(bed, random);
            double gain = Math.sqrt(power / Math.pow(10, snr / 10));
            for (int i = 0; i < noisy.length; i++) {
                noisy[i] += (float) (gain * sound[i]);
            }
            toPeak(noisy, peak);
            clips.add(new Clip(
                    new Manifest.Row(
                            split.noisyFolder() + "/" + file,
                            label,
                            speaker.name(),
                            speaker.engine().program(),
                            text,
                            split.noisyFolder(),
                            OptionalDouble.of(snr),
                            noise.label()),
                    noisy));
        }
        return clips;
    }

    /** Noise alone; its noisy copy is the same. */
    private List<Clip> background(String file, RandomGenerator random) {
        Noise noise = Noise.draw(random);
        float[] sound = noise.sound(bed, random);
        if (random.nextBoolean()) {
            swell(sound, random);
        }
        toPeak(
                sound,
                random.nextDouble() < HUSH ? random.nextDouble(0.001, 0.02) : random.nextDouble(SOFTEST, LOUDEST));
        List<String> folders =
                split.hasNoisy() ? List.of(split.folder(), split.noisyFolder()) : List.of(split.folder());
        List<Clip> clips = new ArrayList<>();
        for (String folder : folders) {
            clips.add(new Clip(
                    new Manifest.Row(
                            folder + "/" + file,
                            Phrases.BACKGROUND,
                            "",
                            "",
                            "",
                            folder,
                            OptionalDouble.empty(),
                            noise.label()),
                    sound));
        }
        return clips;
    }

    /** Somebody says something for the label that fits: faster if need be, or another phrase. */
    private Speech speak(String label, RandomGenerator random) {
        Speaker speaker = speakers.get(random.nextInt(speakers.size()));
        for (int draw = 0; draw <= DRAWS; draw++) {
            String text = draw < DRAWS ? Phrases.draw(label, split, random) : Phrases.shortest(label, split);
            Utterance utterance = new Utterance(
                    speaker, text, random.nextInt(MIN_PACE, MAX_PACE + 1), random.nextInt(MIN_PITCH, MAX_PITCH + 1));
            float[] sound = synthesizer.speak(utterance);
            if (sound.length > LONGEST) {
                // Pauses shrink less than words: a little more haste than the lengths tell.
                int faster = (int) Math.ceil(1.05 * utterance.wordsAMinute() * sound.length / LONGEST);
                if (faster > Utterance.FASTEST) {
                    continue;
                }
                utterance = utterance.at(faster);
                sound = synthesizer.speak(utterance);
            }
            if (sound.length >= SHORTEST && sound.length <= LONGEST) {
                return new Speech(utterance, sound);
            }
        }
        throw new ExecutionException("speech: not one phrase for " + label + " fits (expected: " + SHORTEST + " to "
                + LONGEST + " samples), speaker " + speaker.name());
    }

    /** Louder and softer by up to 12 dB, every 0.3 to 3 s, as machines and streets are. */
    private static void swell(float[] sound, RandomGenerator random) {
        double depth = random.nextDouble(2, 12);
        double step = 2 * Math.PI / random.nextDouble(0.3, 3) / Pcm.RATE;
        double phase = 2 * Math.PI * random.nextDouble();
        for (int i = 0; i < sound.length; i++) {
            sound[i] = (float) (sound[i] * Math.pow(10, depth * Math.sin(phase + step * i) / 20));
        }
    }

    private static void toPeak(float[] sound, double peak) {
        float loudest = 0;
        for (float sample : sound) {
            loudest = Math.max(loudest, Math.abs(sample));
        }
        Noise.scale(sound, peak / loudest);
    }
}
