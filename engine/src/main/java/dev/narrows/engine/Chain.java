package dev.narrows.engine;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Neighbouring segments of a network, each loaded once, run from any cut to any later cut. Cut {@code i} lies before
 * segment {@code i}; cut 0 is the network's inputs, cut {@code n} its outputs. What one segment puts out goes to the
 * next inside native memory, where it stays until the run ends; tensors that skip a segment are carried past it. Runs
 * may overlap on several threads.
 */
public final class Chain implements AutoCloseable {

    private final List<Session> sessions;
    private final List<List<TensorSpec>> specs; // of each cut
    private final List<List<String>> cuts;
    private final List<Set<String>> made; // by each segment, of the cut behind it

    private Chain(List<Session> sessions, List<List<String>> cuts, List<List<TensorSpec>> specs) {
        this.sessions = sessions;
        this.cuts = cuts;
        this.specs = specs;
        this.made = new ArrayList<>();
        for (int segment = 0; segment < sessions.size(); segment++) {
            made.add(made(sessions.get(segment), cuts.get(segment + 1)));
        }
    }

    /**
     * A chain that owns its sessions from here on (not if this throws).
     *
     * @param sessions the segments in order
     * @param cuts for each of the {@code sessions.size() + 1} cuts the names of its tensors
     * @throws IncompatibleException if a segment needs a tensor that its cut does not have, or a cut holds one that
     *     neither the cut nor the segment before it has
     */
    public static Chain of(List<Session> sessions, List<List<String>> cuts) {
        if (sessions.isEmpty() || cuts.size() != sessions.size() + 1) {
            throw new InvalidException("cuts: " + cuts.size() + " (expected: " + (sessions.size() + 1)
                    + ", one more than segments, of which there is at least 1)");
        }
        List<List<String>> names = new ArrayList<>();
        for (List<String> cut : cuts) {
            names.add(List.copyOf(cut));
        }
        return new Chain(List.copyOf(sessions), List.copyOf(names), CutSpecs.of(sessions, names));
    }

    /**
     * What a run gave and what each segment of it cost.
     *
     * @param outputs the tensors of the last cut by name, in the cut's order
     * @param segmentNanos wall time of each segment that ran: element {@code i} is segment {@code fromCut + i}
     */
    @SuppressWarnings("ArrayRecordComponent") // made once for each run, read by its caller only
    public record Run(Map<String, Tensor> outputs, long[] segmentNanos) {

        /** Wall time of all segments together. */
        public long totalNanos() {
            long total = 0;
            for (long nanos : segmentNanos) {
                total += nanos;
            }
            return total;
        }
    }

    public int segments() {
        return sessions.size();
    }

    /** The names of the tensors of cut {@code cut}. */
    public List<String> cut(int cut) {
        return cuts.get(requireCut(cut, 0));
    }

    /** What the tensors of cut {@code cut} look like, in the cut's order. */
    public List<TensorSpec> specs(int cut) {
        return specs.get(requireCut(cut, 0));
    }

    /** The session that runs segment {@code segment}; stays the chain's. */
    public Session session(int segment) {
        if (segment < 0 || segment >= sessions.size()) {
            throw new InvalidException("segment: " + segment + " (expected: 0 to " + (sessions.size() - 1) + ")");
        }
        return sessions.get(segment);
    }

    /**
     * Runs segments {@code fromCut} to {@code toCut − 1} on the tensors of cut {@code fromCut} and returns those of cut
     * {@code toCut}. With {@code fromCut == toCut} the inputs come back.
     *
     * @param inputs a tensor for each name of cut {@code fromCut}; others are ignored
     * @throws InvalidException if a tensor is missing or does not fit
     * @throws dev.narrows.errors.ExecutionException if the runtime fails or the chain is closed
     */
    public Run run(int fromCut, int toCut, Map<String, Tensor> inputs) {
        requireCut(fromCut, 0);
        requireCut(toCut, fromCut);
        long[] nanos = new long[toCut - fromCut];
        try (NativeTensors tensors = new NativeTensors(inputs)) {
            for (TensorSpec spec : specs.get(fromCut)) {
                tensors.require(spec, "cut " + fromCut);
            }
            for (int segment = fromCut; segment < toCut; segment++) {
                long start = System.nanoTime();
                sessions.get(segment).run(tensors, made.get(segment));
                nanos[segment - fromCut] = System.nanoTime() - start;
            }
            Map<String, Tensor> outputs = new LinkedHashMap<>();
            for (String name : cuts.get(toCut)) {
                outputs.put(name, tensors.copy(name));
            }
            return new Run(outputs, nanos);
        }
    }

    @Override
    public void close() {
        sessions.forEach(Session::close);
    }

    private static Set<String> made(Session session, List<String> alive) {
        Set<String> made = new LinkedHashSet<>();
        for (TensorSpec output : session.outputs()) {
            if (alive.contains(output.name())) {
                made.add(output.name());
            }
        }
        return made;
    }

    private int requireCut(int cut, int least) {
        if (cut < least || cut >= cuts.size()) {
            throw new InvalidException("cut: " + cut + " (expected: " + least + " to " + (cuts.size() - 1) + ")");
        }
        return cut;
    }
}
