package dev.narrows.engine;

import dev.narrows.errors.IncompatibleException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether segments and cuts make a chain, and what the tensors at each cut look like. */
final class CutSpecs {

    private CutSpecs() {}

    /**
     * The specs of each cut's tensors: as the segment that makes a tensor tells them, else as the first one that takes
     * it.
     *
     * @throws IncompatibleException if they make no chain
     */
    static List<List<TensorSpec>> of(List<Session> sessions, List<List<String>> cuts) {
        Map<String, TensorSpec> known = new HashMap<>();
        for (Session session : sessions) {
            session.outputs().forEach(spec -> known.put(spec.name(), spec));
        }
        for (Session session : sessions) {
            session.inputs().forEach(spec -> known.putIfAbsent(spec.name(), spec));
        }
        for (int segment = 0; segment < sessions.size(); segment++) {
            check(sessions.get(segment), segment, cuts.get(segment), cuts.get(segment + 1), known);
        }
        List<List<TensorSpec>> specs = new ArrayList<>();
        for (List<String> cut : cuts) {
            List<TensorSpec> ofCut = new ArrayList<>();
            for (String tensor : cut) {
                TensorSpec spec = known.get(tensor);
                if (spec == null) {
                    throw new IncompatibleException("tensor \"" + tensor + "\": unknown to every segment (expected: "
                            + "an input or output of one), cut " + specs.size());
                }
                ofCut.add(spec);
            }
            specs.add(List.copyOf(ofCut));
        }
        return List.copyOf(specs);
    }

    private static void check(
            Session session, int index, List<String> before, List<String> after, Map<String, TensorSpec> known) {
        String place = ", segment \"" + session.name() + "\"";
        Set<String> alive = Set.copyOf(before);
        for (TensorSpec input : session.inputs()) {
            if (!alive.contains(input.name())) {
                throw new IncompatibleException("input \"" + input.name() + "\": not in cut " + index + " " + before
                        + " (expected: there)" + place);
            }
            TensorSpec source = known.getOrDefault(input.name(), input);
            if (source.dtype() != input.dtype()) {
                throw new IncompatibleException("input \"" + input.name() + "\": " + input.dtype() + " (expected: "
                        + source.dtype() + " as it is made)" + place);
            }
        }
        List<String> made = new ArrayList<>();
        session.outputs().forEach(spec -> made.add(spec.name()));
        for (String tensor : after) {
            if (!alive.contains(tensor) && !made.contains(tensor)) {
                throw new IncompatibleException("tensor \"" + tensor + "\" of cut " + (index + 1) + ": neither in cut "
                        + index + " " + before + " nor made (expected: either)" + place);
            }
        }
    }
}
