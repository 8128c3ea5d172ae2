package dev.narrows.engine;

import dev.narrows.errors.InvalidException;

/**
 * How sessions run.
 *
 * @param threads threads that one run may use inside an operator, 1 or more; sessions that want as many as there are cores
 *     share one pool
 * @param spinning whether idle threads spin; harmful as soon as a process has more than one session
 * @param optimization how far the runtime rewrites the network when it is loaded
 * @param slowdown emulates a slower processor: after each run the caller sleeps until {@code slowdown} times the run's
 *     own time has passed; 1 is off. For demos and benchmarks.
 */
public record SessionOptions(int threads, boolean spinning, Optimization optimization, double slowdown) {

    /** One thread, no spinning, every optimisation, full speed. */
    public static final SessionOptions DEFAULT = new SessionOptions(1, false, Optimization.ALL, 1.0);

    /** The runtime's levels of graph optimisation. */
    public enum Optimization {
        NONE,
        BASIC,
        EXTENDED,
        ALL
    }

    public SessionOptions {
        if (threads < 1) {
            throw new InvalidException("threads: " + threads + " (expected: 1 or more)");
        }
        if (!(slowdown >= 1.0 && slowdown <= 1000.0)) {
            throw new InvalidException("slowdown: " + slowdown + " (expected: 1 to 1000)");
        }
    }

    public SessionOptions withThreads(int newThreads) {
        return new SessionOptions(newThreads, spinning, optimization, slowdown);
    }

    public SessionOptions withSpinning(boolean newSpinning) {
        return new SessionOptions(threads, newSpinning, optimization, slowdown);
    }

    public SessionOptions withOptimization(Optimization newOptimization) {
        return new SessionOptions(threads, spinning, newOptimization, slowdown);
    }

    public SessionOptions withSlowdown(double newSlowdown) {
        return new SessionOptions(threads, spinning, optimization, newSlowdown);
    }
}
