package dev.narrows.cli;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A line on a terminal that says what is being done and for how long, from 2 s on; wiped out when closed. */
final class Waiting implements AutoCloseable {

    private final Terminal terminal;
    private final String what;
    private final long start;
    private final ScheduledExecutorService ticker;
    private int lineLength;
    private boolean closed;

    Waiting(Terminal terminal, String what) {
        this.terminal = terminal;
        this.what = what;
        this.start = terminal.nanoClock().getAsLong();
        this.ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "waiting");
            thread.setDaemon(true);
            return thread;
        });
        if (terminal.errIsTerminal()) {
            ticker.scheduleAtFixedRate(this::draw, 2, 1, TimeUnit.SECONDS);
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
        ticker.shutdownNow();
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
