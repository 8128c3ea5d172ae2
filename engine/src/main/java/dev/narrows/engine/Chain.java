package dev.narrows.engine;

import java.util.List;
import java.util.Map;

/**
 * Neighbouring segments of a network, each loaded once, run from any cut to any later cut. Cut {@code i} lies before
 * segment {@code i}; cut 0 is the network's inputs, cut {@code n} its outputs. What one segment puts out goes to the
 * next inside native memory; tensors that skip a segment are carried past it.
 */
public final class Chain implements AutoCloseable {

    private Chain() {}

    /**
     * A chain that owns its sessions from here on.
     *
     * @param sessions the segments in order
     * @param cuts for each of the {@code sessions.size() + 1} cuts the names of its tensors
     */
    public static Chain of(List<Session> sessions, List<List<String>> cuts) {
        throw new UnsupportedOperationException();
    }

    /** What a run gave and what each segment of it cost. */
    public record Run(Map<String, Tensor> outputs, long[] segmentNanos) {}

    public int segments() {
        throw new UnsupportedOperationException();
    }

    /** The names of the tensors of cut {@code cut}. */
    public List<String> cut(int cut) {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs segments {@code fromCut} to {@code toCut − 1} on the tensors of cut {@code fromCut} and returns those of cut
     * {@code toCut}. With {@code fromCut == toCut} the inputs come back.
     */
    public Run run(int fromCut, int toCut, Map<String, Tensor> inputs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
