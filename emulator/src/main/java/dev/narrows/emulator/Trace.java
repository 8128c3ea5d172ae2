package dev.narrows.emulator;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A recorded bandwidth: each step's rate holds until the next step begins, the last one's as long as the step before
 * it, and then the trace begins again. Rates of 0 are outages; one step at least is above 0.
 *
 * @param steps at least two, in the order of time
 */
public record Trace(List<Step> steps) {

    /**
     * One step.
     *
     * @param seconds when it begins
     * @param mbps its rate in 10⁶ bit/s, 0 or more
     */
    public record Step(double seconds, double mbps) {

        public Step {
            if (!Double.isFinite(seconds) || !(mbps >= 0) || Double.isInfinite(mbps)) {
                throw new InvalidException(
                        "step: " + seconds + " s, " + mbps + " Mbit/s (expected: finite, the rate 0 or more)");
            }
        }
    }

    public Trace {
        steps = List.copyOf(steps);
        if (steps.size() < 2) {
            throw new InvalidException("steps: " + steps.size() + " (expected: 2 or more)");
        }
        for (int i = 1; i < steps.size(); i++) {
            if (!(steps.get(i).seconds() > steps.get(i - 1).seconds())) {
                throw new InvalidException("time: " + steps.get(i).seconds() + " s (expected: after "
                        + steps.get(i - 1).seconds() + " s), step " + i);
            }
        }
        if (steps.stream().allMatch(step -> step.mbps() == 0)) {
            throw new InvalidException("trace: 0 Mbit/s throughout (expected: more at some time)");
        }
    }

    /**
     * Reads lines of {@code seconds Mbit/s}, parted by blanks; empty lines and those that begin with {@code #} are
     * skipped. Of lines with the same time the last counts: recordings at 1 Hz hold such pairs.
     *
     * @throws MalformedException if a line is something else or goes back in time
     * @throws UnavailableException if the file cannot be read
     */
    public static Trace read(Path file) {
        List<Step> steps = new ArrayList<>();
        int number = 0;
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                number++;
                String text = line.strip();
                if (text.isEmpty() || text.startsWith("#")) {
                    continue;
                }
                Step step = parse(text);
                if (!steps.isEmpty()
                        && step.seconds() == steps.get(steps.size() - 1).seconds()) {
                    steps.remove(steps.size() - 1);
                }
                steps.add(step);
            }
            return new Trace(steps);
        } catch (CharacterCodingException e) {
            throw new MalformedException("trace: no text (expected: UTF-8), file " + file, e);
        } catch (IOException e) {
            throw new UnavailableException("trace: " + e.getMessage() + ", file " + file, e);
        } catch (NumberFormatException e) {
            throw new MalformedException(
                    "trace: no number (expected: seconds Mbit/s), line " + number + " of file " + file, e);
        } catch (InvalidException e) {
            throw new MalformedException(e.getMessage() + ", by line " + number + " of file " + file, e);
        }
    }

    /** The time until the trace begins again, in seconds. */
    public double periodSeconds() {
        int last = steps.size() - 1;
        double lastStep = steps.get(last).seconds() - steps.get(last - 1).seconds();
        return steps.get(last).seconds() - steps.get(0).seconds() + lastStep;
    }

    /** The mean rate over one period, in 10⁶ bit/s. */
    public double meanMbps() {
        double megabits = 0;
        for (int i = 0; i < steps.size(); i++) {
            megabits += steps.get(i).mbps() * (endSeconds(i) - steps.get(i).seconds());
        }
        return megabits / periodSeconds();
    }

    /** The trace played from {@code originNanos} on. */
    Bandwidth playedFrom(long originNanos) {
        return new TracePlayer(this, originNanos);
    }

    /** When step {@code i} ends. */
    double endSeconds(int i) {
        return i + 1 < steps.size() ? steps.get(i + 1).seconds() : steps.get(0).seconds() + periodSeconds();
    }

    private static Step parse(String line) {
        String[] words = line.split("\\s+", -1);
        if (words.length != 2) {
            throw new NumberFormatException(line);
        }
        return new Step(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
    }
}
