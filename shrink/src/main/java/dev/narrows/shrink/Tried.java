package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that a search tried, in a CSV file that grows with each trial, so that a killed search goes on. */
public final class Tried {

    private final Path file;
    private final Tier tier;
    private final Map<String, Trial> trials = new LinkedHashMap<>(); // by recipe

    private Tried(Path file, Tier tier) {
        this.file = file;
        this.tier = tier;
    }

    /**
     * Reads what was tried before, if the file is there; the tier's latencies in it become this tier's. A last line without
     * an end, from a process that was killed, is left out.
     */
    public static Tried open(Path file, Tier tier) {
        Tried tried = new Tried(file, tier);
        try {
            if (Files.exists(file)) {
                String text = Files.readString(file);
                List<String> lines =
                        text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
                if (!lines.isEmpty() && !lines.get(0).equals(Trial.HEADING)) {
                    throw new InvalidException("columns: \"" + lines.get(0) + "\" (expected: \"" + Trial.HEADING
                            + "\"), \"" + file + "\"");
                }
                lines.stream().skip(1).map(Trial::parse).forEach(trial -> tried.trials.put(trial.recipe(), trial));
            }
            StringBuilder csv = new StringBuilder(Trial.HEADING).append('\n');
            tried.trials.values().forEach(trial -> csv.append(trial.csv(tier)).append('\n'));
            Path part = file.resolveSibling(file.getFileName() + ".part");
            Files.writeString(part, csv);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tried;
    }

    public Optional<Trial> of(Recipe recipe) {
        return Optional.ofNullable(trials.get(recipe.text()));
    }

    void add(Trial trial) {
        trials.put(trial.recipe(), trial);
        try {
            Files.writeString(file, trial.csv(tier) + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many. */
    public int size() {
        return trials.size();
    }
}
