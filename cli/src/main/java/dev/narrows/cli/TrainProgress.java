package dev.narrows.cli;

import dev.narrows.train.Curve;
import dev.narrows.train.TrainingListener;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows a person how a training goes: a bar with the time that is left, a line for each epoch. */
final class TrainProgress implements TrainingListener, AutoCloseable {

    private final Terminal terminal;
    private final String what;
    private @Nullable Progress progress;

    TrainProgress(Terminal terminal, String what) {
        this.terminal = terminal;
        this.what = what;
    }

    @Override
    public void step(long done, long of, double loss) {
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
        StringBuilder line = new StringBuilder(
                String.format(Locale.ROOT, "epoch %d: loss %.4f", point.epoch(), point.loss()));
        for (Map.Entry<String, Double> score : point.scores().entrySet()) {
            line.append(String.format(Locale.ROOT, ", %s %.4g", score.getKey(), score.getValue()));
        }
        terminal.err().println(line.append(String.format(Locale.ROOT, ", %.0f s", point.seconds())));
        terminal.err().flush();
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
        }
    }
}
