package dev.narrows.examples.orders;

/**
 * What is said, by whom and how.
 *
 * @param wordsAMinute the pace, from {@link #SLOWEST} to {@link #FASTEST}
 * @param pitch 0 (low) to 99 (high); 50 is the voice's own
 */
record Utterance(Speaker speaker, String text, int wordsAMinute, int pitch) {

    static final int SLOWEST = 80;
    static final int FASTEST = 260;

    Utterance at(int pace) {
        return new Utterance(speaker, text, pace, pitch);
    }
}
