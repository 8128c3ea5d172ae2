package dev.narrows.examples.orders;

import dev.narrows.items.Resampler;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Speaks: an utterance in, its sound at {@link Pcm#RATE} out, without the silence around it. Thread-safe. */
final class Synthesizer {

    /** Which flite's dictionary lacks: its letter rules say "lat". */
    private static final Pattern LATTE = Pattern.compile("\\blatte\\b");

    /** The pace of flite's voices at a stretch of 1, about. */
    private static final double FLITE_PACE = 170;

    /** Samples in which loudness is judged: 10 ms. */
    private static final int FRAME = Pcm.RATE / 100;
    /** What is this much quieter than the loudest frame is silence: 40 dB. */
    private static final double SILENCE = 1e-4;
    /** Frames kept around speech, for what is quiet in it: the breath of an h, the burst of a p. */
    private static final int MARGIN = 3;

    private final Map<Integer, Resampler> resamplers = new ConcurrentHashMap<>();

    /** The sound of an utterance; empty if it is silent. */
    float[] speak(Utterance utterance) {
        Pcm.Sound sound = Pcm.read(Programs.output(command(utterance)), utterance.speaker());
        Resampler resampler = resamplers.computeIfAbsent(sound.rate(), rate -> Resampler.of(rate, Pcm.RATE));
        return trim(resampler.resample(sound.samples(), resampler.outputLength(sound.samples().length)));
    }

    private static List<String> command(Utterance utterance) {
        String voice = utterance.speaker().voice();
        if (utterance.speaker().engine() == Engine.FLITE) {
            // An octave from the lowest to the highest pitch, as with espeak-ng's voices.
            double shift = Math.pow(2, (utterance.pitch() - 50) / 100.0);
            return List.of(
                    "flite",
                    "-voice",
                    voice,
                    "--setf",
                    "duration_stretch=" + decimal(FLITE_PACE / utterance.wordsAMinute()),
                    "--setf",
                    "f0_shift=" + decimal(shift),
                    "-t",
                    LATTE.matcher(utterance.text()).replaceAll("lah tay"),
                    "-o",
                    "/dev/stdout");
        }
        return List.of(
                "espeak-ng",
                "-v",
                voice,
                "-s",
                Integer.toString(utterance.wordsAMinute()),
                "-p",
                Integer.toString(utterance.pitch()),
                "--stdout",
                utterance.text());
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** The sound from its first to its last frame that is not silent, and a margin. */
    static float[] trim(float[] sound) {
        int frames = (sound.length + FRAME - 1) / FRAME;
        double[] power = new double[frames];
        for (int i = 0; i < sound.length; i++) {
            power[i / FRAME] += sound[i] * sound[i];
        }
        double least = Arrays.stream(power).max().orElse(0) * SILENCE;
        int first = 0;
        while (first < frames && power[first] <= least) {
            first++;
        }
        int last = frames;
        while (last > first && power[last - 1] <= least) {
            last--;
        }
        if (first == last) {
            return new float[0];
        }
        return Arrays.copyOfRange(
                sound, Math.max(0, first - MARGIN) * FRAME, Math.min(sound.length, (last + MARGIN) * FRAME));
    }
}
