package dev.narrows.examples.orders;

import java.io.PrintStream;
import java.util.Locale;

/** A line on a terminal that tells how far the work is. Not thread-safe. */
final class Progress {

    private static final long STEP_NANOS = 500_000_000;

    private final PrintStream terminal;
    private final int all;
    private final long start = System.nanoTime();
    private long shown = start - STEP_NANOS;

    Progress(PrintStream terminal, int all) {
        this.terminal = terminal;
        this.all = all;
    }

    void done(int files) {
        long now = System.nanoTime();
        if (files < all && now - shown < STEP_NANOS) {
            return;
        }
        shown = now;
        double seconds = (now - start) / 1e9;
        double left = files == 0 ? 0 : seconds / files * (all - files);
        terminal.print(String.format(
                Locale.ROOT,
                "\r%,d of %,d files, %.0f files/s, %.0f s left   ",
                files,
                all,
                files / Math.max(seconds, 1e-3),
                left));
        if (files == all) {
            terminal.println();
        }
        terminal.flush();
    }
}
