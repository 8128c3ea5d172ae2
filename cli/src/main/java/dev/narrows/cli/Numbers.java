package dev.narrows.cli;

import java.util.ArrayList;
import java.util.List;

/** Numbers as people write them in options. */
final class Numbers {

    private Numbers() {}

    static long parseLong(String what, String text, long least, long most, String place) {
        try {
            long value = Long.parseLong(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new WrongUseException(what + ": \"" + text + "\" (expected: a whole number), " + place);
        }
        throw new WrongUseException(what + ": " + text + " (expected: " + least + " to " + most + "), " + place);
    }

    /** A number, or a quotient such as {@code 1/255}. */
    static double parse(String what, String text, String place) {
        int slash = text.indexOf('/');
        try {
            double value = slash < 0
                    ? Double.parseDouble(text.strip())
                    : Double.parseDouble(text.substring(0, slash).strip())
                            / Double.parseDouble(text.substring(slash + 1).strip());
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new WrongUseException(what + ": \"" + text + "\" (expected: a number), " + place);
        }
        throw new WrongUseException(what + ": \"" + text + "\" (expected: a finite number), " + place);
    }

    /** Numbers with commas between them. */
    static List<Double> parseList(String what, String text, String place) {
        List<Double> values = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            values.add(parse(what, part, place));
        }
        return values;
    }
}
