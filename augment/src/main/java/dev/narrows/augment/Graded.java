package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A corruption whose severities are a table.
 *
 * @param meaning of the table's numbers, with their unit
 * @param levels of severity 1 to {@link #SEVERITIES}
 */
record Graded(String name, String meaning, List<Double> levels, How how) implements Corruption {

    /** Disturbs an item at a level of the table. */
    interface How {
        float[] apply(float[] values, long[] shape, double level, RandomGenerator random);
    }

    Graded {
        levels = List.copyOf(levels);
        if (levels.size() != SEVERITIES) {
            throw new InvalidException("levels: " + levels.size() + " (expected: " + SEVERITIES + "), of " + name);
        }
    }

    @Override
    public float[] apply(float[] values, long[] shape, int severity, RandomGenerator random) {
        if (severity < 1 || severity > SEVERITIES) {
            throw new InvalidException("severity: " + severity + " (expected: 1 to " + SEVERITIES + "), of " + name);
        }
        return how.apply(values, shape, levels.get(severity - 1), random);
    }

    /** A level with either sign. */
    static Range eitherWay(double level, RandomGenerator random) {
        return Range.exactly(random.nextBoolean() ? level : -level);
    }
}
