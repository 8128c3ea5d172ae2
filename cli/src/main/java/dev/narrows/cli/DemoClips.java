package dev.narrows.cli;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.MalformedException;
import dev.narrows.items.ItemReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The demo's clips with what they say and what the reference implementation heard. */
final class DemoClips {

    /** The clips of a label whose names end so are calibrated on; the others are held out. */
    private static final List<String> CALIBRATION = List.of("_0.wav", "_1.wav");

    private DemoClips() {}

    /**
     * One clip.
     *
     * @param file its file's name
     * @param pcm (1, samples) f32 in [-1, 1]
     * @param label what was said
     * @param reference what the reference implementation predicts
     */
    record Clip(String file, Tensor pcm, String label, String reference) {

        boolean forCalibration() {
            return CALIBRATION.stream().anyMatch(file::endsWith);
        }
    }

    /** Reads the clips that {@code expected.csv} lists: lines of file, label, prediction, probability. */
    static List<Clip> read(Path directory, ItemReader reader) {
        Path csv = directory.resolve("expected.csv");
        try {
            List<Clip> clips = new ArrayList<>();
            List<String> lines = Files.readAllLines(csv);
            for (int i = 1; i < lines.size(); i++) {
                String[] fields = lines.get(i).split(",", -1);
                if (fields.length != 4) {
                    throw new MalformedException(csv + ", line " + (i + 1) + ": " + fields.length
                            + " fields (expected: file, label, prediction and probability)");
                }
                clips.add(new Clip(fields[0], reader.read(directory.resolve(fields[0])), fields[1], fields[2]));
            }
            return clips;
        } catch (IOException e) {
            throw new UncheckedIOException("clips of " + directory, e);
        }
    }
}
