package dev.narrows.cli;

import java.util.Timer;
import java.util.TimerTask;

/** A line on a terminal that says what is being done and for how long, from 2 s on; wiped out when closed. */
final class Waiting implements AutoCloseable {

    private static final long PATIENCE_MILLIS = 2000;
    private static final long REDRAW_MILLIS = 1000;

    private final Terminal terminal;
    private final String what;
    private final long start;
    private final Timer ticker = new Timer("waiting", true);
    private int lineLength;
    private boolean closed;

    Waiting(Terminal terminal, String what) {
        this.terminal = terminal;
        this.what = what;
        this.start = terminal.nanoClock().getAsLong();
        if (terminal.errIsTerminal()) {
            ticker.scheduleAtFixedRate(
                    new TimerTask() {
                        @Override
                        public void run() {
                            draw();
                        }
                    },
                    PATIENCE_MILLIS,
                    REDRAW_MILLIS);
        }
    }

    synchronized void draw() {
        if (closed) {
            return;
        }
        String line = what + " ... " + (terminal.nanoClock().getAsLong() - start) / 1_000_000_000L + " s";
        terminal.err().print("\r" + line);
        terminal.err().flush();
        lineLength = Math.max(lineLength, line.length());
    }

    @Override
    public void close() {
        ticker.cancel();
        synchronized (this) {
            closed = true;
            if (lineLength > 0) {
                terminal.err().print("\r" + " ".repeat(lineLength) + "\r");
                terminal.err().flush();
                lineLength = 0;
            }
        }
    }
}
