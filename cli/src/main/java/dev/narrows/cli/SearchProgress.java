package dev.narrows.cli;

import dev.narrows.shrink.SearchListener;
import dev.narrows.shrink.Trial;
import org.jspecify.annotations.Nullable;

/** Shows a person how a search goes: a bar for each stage, with the time that is left if all of its trials are made. */
final class SearchProgress implements SearchListener, AutoCloseable {

    private final Terminal terminal;
    private String what = "";
    private int left;
    private int known;
    private @Nullable Progress bar;

    SearchProgress(Terminal terminal) {
        this.terminal = terminal;
    }

    /** How many trials were those of an earlier run. */
    int known() {
        return known;
    }

    @Override
    public void stage(String stage, int most) {
        close();
        left = most;
        what = switch (stage) {
            case "fuse" -> "1 of 6: the whole network";
            case "set" -> "2 of 6: channels of each set of layers";
            case "step" -> "3 of 6: smaller and smaller networks";
            case "block" -> "4 of 6: each residual block";
            case "shallow" -> "5 of 6: fewer and fewer blocks";
            default -> "6 of 6: teaching the best for longer";
        };
    }

    @Override
    public void tried(Trial trial, boolean wasKnown) {
        if (wasKnown) { // it took no time, so the bar is not told of it
            known++;
            left--;
            return;
        }
        if (bar == null) {
            bar = terminal.progress(what, Math.max(1, left));
        }
        bar.step();
    }

    /** Makes room for another bar. */
    void clear() {
        if (bar != null) {
            bar.clear();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
