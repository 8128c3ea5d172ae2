package dev.narrows.plan;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Chains of segments, loaded straight from a cut network. */
public final class Chains {

    private Chains() {}

    /** Loads all segments; the chain owns their sessions. */
    public static Chain open(Segments.Chain split, SessionOptions options) {
        List<Session> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < split.segments().size(); i++) {
                sessions.add(Session.open(
                        "segment " + i, OnnxWriter.write(split.segments().get(i)), Map.of(), options));
            }
            return Chain.of(sessions, split.cuts());
        } catch (RuntimeException e) {
            sessions.forEach(Session::close);
            throw e;
        }
    }
}
