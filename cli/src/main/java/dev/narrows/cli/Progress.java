package dev.narrows.cli;

import java.util.Locale;

/** A bar on a terminal's last line. Drawn from 2 s on, ten times a second at most, wiped out when closed. */
final class Progress implements AutoCloseable {

    private static final long PATIENCE_NANOS = 2_000_000_000L;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final int WIDTH = 30;

    private final Terminal terminal;
    private final String what;
    private final long total;
    private final long start;
    private long done;
    private long drawn;
    private int lineLength;

    Progress(Terminal terminal, String what, long total) {
        this.terminal = terminal;
        this.what = what;
        this.total = total;
        this.start = terminal.nanoClock().getAsLong();
        this.drawn = start;
    }

    /** Another step is done. */
    void step() {
        done++;
        if (!terminal.errIsTerminal()) {
            return;
        }
        long now = terminal.nanoClock().getAsLong();
        if (now - start >= PATIENCE_NANOS && (now - drawn >= REDRAW_NANOS || lineLength == 0)) {
            draw(now);
        }
    }

    private void draw(long now) {
        int filled = (int) (WIDTH * Math.min(done, total) / Math.max(1, total));
        double left = (now - start) / 1e9 * (total - done) / done;
        String line = String.format(
                Locale.ROOT,
                "%s [%s%s] %d/%d, %.0f s left",
                what,
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                done,
                total,
                left);
        terminal.err().print("\r" + line + " ".repeat(Math.max(0, lineLength - line.length())));
        terminal.err().flush();
        lineLength = line.length();
        drawn = now;
    }

    /** Wipes the bar out, so that a line can be printed; the next step draws it again. */
    void clear() {
        if (lineLength > 0) {
            terminal.err().print("\r" + " ".repeat(lineLength) + "\r");
            terminal.err().flush();
            lineLength = 0;
        }
    }

    @Override
    public void close() {
        clear();
    }
}
