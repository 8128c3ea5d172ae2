package dev.narrows.wire;

/** Text from outside as an error shows it: on one line and not longer than {@value #LONGEST} characters. */
final class Shown {

    private static final int LONGEST = 120;

    private Shown() {}

    static String of(String text) {
        StringBuilder shown = new StringBuilder();
        for (int at = 0; at < Math.min(text.length(), LONGEST); at++) {
            char c = text.charAt(at);
            shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return text.length() > LONGEST ? shown.append('…').toString() : shown.toString();
    }
}
