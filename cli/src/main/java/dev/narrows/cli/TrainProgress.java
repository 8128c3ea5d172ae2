package dev.narrows.cli;

import dev.narrows.train.Curve;
import dev.narrows.train.TrainingListener;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Shows a person how a training goes: a bar with the time that is left, a line for each epoch. When the process is told
 * to end, lets it end between two steps: libtorch crashes if it is taken down in the middle of one.
 */
final class TrainProgress implements TrainingListener, AutoCloseable {

    private final Terminal terminal;
    private final String what;
    private static final long STEP_SECONDS = 20;

    private final CountDownLatch between = new CountDownLatch(1);
    private final Thread ending = new Thread(this::end, "narrows-training-end");
    private volatile boolean over;
    private @Nullable Progress progress;

    TrainProgress(Terminal terminal, String what) {
        this.terminal = terminal;
        this.what = what;
        Runtime.getRuntime().addShutdownHook(ending);
    }

    private void end() {
        over = true;
        try {
            if (between.await(STEP_SECONDS, TimeUnit.SECONDS)) {
                terminal.err()
                        .println("\n" + what + ": interrupted; the same command goes on behind the last whole epoch");
                terminal.err().flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void endIfTold() {
        while (over) {
            between.countDown();
            LockSupport.park(); // the process is ending
        }
    }

    @Override
    public void step(long done, long of, double loss) {
        endIfTold();
        if (progress == null) {
            progress = terminal.progress(what, of - done + 1);
        }
        progress.step();
    }

    @Override
    public void resumed(int epochs) {
        terminal.err().println(what + ": goes on behind epoch " + epochs);
        terminal.err().flush();
    }

    @Override
    public void epoch(Curve.Point point) {
        if (!terminal.errIsTerminal()) {
            return;
        }
        if (progress != null) {
            progress.clear();
        }
        StringBuilder line =
                new StringBuilder(String.format(Locale.ROOT, "epoch %d: loss %.4f", point.epoch(), point.loss()));
        for (Map.Entry<String, Double> score : point.scores().entrySet()) {
            line.append(String.format(Locale.ROOT, ", %s %.4g", score.getKey(), score.getValue()));
        }
        terminal.err().println(line.append(String.format(Locale.ROOT, ", %.0f s", point.seconds())));
        terminal.err().flush();
    }

    @Override
    public void close() {
        if (!over) {
            Runtime.getRuntime().removeShutdownHook(ending);
        }
        if (progress != null) {
            progress.close();
        }
    }
}
