package dev.narrows.plan;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Widening;
import dev.narrows.wire.bundle.ExitFit;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Softmax;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the exits of a bundle that is being packed on the tensors of their cuts, one after the other as a device does, and
 * measures how many items each answers, and how many of them as the whole network does.
 */
final class ExitTrial {

    /** What a bundle holds of one exit. */
    record Result(Manifest.Exit exit, ByteBuffer file) {}

    private final Session reference;
    private final Chain chain;
    private final List<Manifest.Cut> cuts;
    private final Packer.Options options;

    ExitTrial(Session reference, Chain chain, List<Manifest.Cut> cuts, Packer.Options options) {
        this.reference = reference;
        this.chain = chain;
        this.cuts = cuts;
        this.options = options;
    }

    /**
     * Runs every exit on every item.
     *
     * @param given how many of the items were not made up
     */
    List<Result> run(List<Map<String, Tensor>> items, int given) {
        List<Candidate> candidates = new ArrayList<>();
        try {
            for (Packer.Exit exit : options.exits()) {
                candidates.add(candidate(exit));
            }
            candidates.sort((a, b) -> Integer.compare(a.cut, b.cut)); // two at a cut are refused by the manifest
            if (!candidates.isEmpty()) {
                items.forEach(item -> measure(candidates, item));
            }
            List<Result> results = new ArrayList<>();
            for (Candidate candidate : candidates) {
                results.add(candidate.result("exits/" + results.size() + ".onnx", items.size(), given));
            }
            return results;
        } finally {
            candidates.forEach(candidate -> candidate.session.close());
        }
    }

    /** The exits of a packed bundle, with what an item costs that they answer. */
    static List<PackReport.ExitReport> reports(Manifest manifest) {
        List<PackReport.ExitReport> reports = new ArrayList<>();
        for (Manifest.Exit exit : manifest.exits()) {
            List<Double> all = new ArrayList<>();
            manifest.exits().forEach(other -> all.add(other.equals(exit) ? 1.0 : 0.0));
            reports.add(new PackReport.ExitReport(
                    exit.cut(),
                    exit.gate().toString(),
                    exit.coverage(),
                    exit.agreement(),
                    exit.macs(),
                    manifest.meanMacsShare(all)));
        }
        return reports;
    }

    private Candidate candidate(Packer.Exit exit) {
        int cut = cutIndex(exit.cut());
        Manifest.Cut at = cuts.get(cut);
        Network network = Widening.toFloat32IfHalf(exit.network());
        ByteBuffer file = OnnxWriter.write(network);
        Session session = Session.open("exit at " + at.name(), file.duplicate(), Map.of(), SessionOptions.DEFAULT);
        try {
            ExitFit.check(session, at, options.labels().size());
            Map<String, List<Long>> lengths = new HashMap<>();
            at.tensors().forEach(tensor -> lengths.put(tensor.name(), tensor.shape()));
            lengths.keySet()
                    .retainAll(session.inputs().stream().map(TensorSpec::name).toList());
            Shapes shapes = NetworkShapes.infer(network, lengths);
            long macs = 0;
            long parameters = 0;
            for (Costs.NodeCost cost : Costs.of(network, shapes)) {
                macs += cost.macs();
                parameters += cost.parameters();
            }
            return new Candidate(exit, cut, at.name(), file, session, macs, parameters);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private int cutIndex(String name) {
        for (int index = 0; index < cuts.size() - 1; index++) {
            Manifest.Cut cut = cuts.get(index);
            boolean only =
                    cut.tensors().size() == 1 && cut.tensors().get(0).name().equals(name);
            if (cut.name().equals(name) || only) {
                return index;
            }
        }
        List<String> known = cuts.subList(0, cuts.size() - 1).stream()
                .map(Manifest.Cut::name)
                .toList();
        throw new IncompatibleException("exit at cut: \"" + name + "\" (expected: one of " + String.join(", ", known)
                + "; an exit needs a cut where it is)");
    }

    private void measure(List<Candidate> candidates, Map<String, Tensor> item) {
        Collection<Tensor> expected = reference.run(item).values();
        Map<String, Tensor> values = item;
        int at = 0;
        boolean answered = false;
        for (Candidate candidate : candidates) {
            values = chain.run(at, candidate.cut, values).outputs();
            at = candidate.cut;
            answered = candidate.measure(values, expected, answered);
        }
    }

    /** One exit, and what it did so far. */
    private static final class Candidate {
        private final Packer.Exit exit;
        private final int cut;
        private final String cutName;
        private final ByteBuffer file;
        private final Session session;
        private final long macs;
        private final long parameters;
        private int answered;
        private int agreed;

        Candidate(
                Packer.Exit exit,
                int cut,
                String cutName,
                ByteBuffer file,
                Session session,
                long macs,
                long parameters) {
            this.exit = exit;
            this.cut = cut;
            this.cutName = cutName;
            this.file = file;
            this.session = session;
            this.macs = macs;
            this.parameters = parameters;
        }

        /** Runs the exit; whether the item has its answer now, given that it had one before. */
        boolean measure(Map<String, Tensor> values, Collection<Tensor> expected, boolean before) {
            Tensor logits = session.run(values).values().iterator().next();
            if (logits.rank() != 2 || logits.dim(0) != 1 || logits.dim(1) < 2) {
                throw new IncompatibleException(
                        "logits: " + logits + " (expected: (1, 2 classes or more)), exit at cut \"" + cutName + "\"");
            }
            Tensor wanted = expected.stream()
                    .filter(output -> Answers.isClassification(output) && output.elements() == logits.elements())
                    .findFirst()
                    .orElseThrow(() -> new IncompatibleException("classes: " + logits.elements()
                            + " (expected: as many as an output of the network, " + expected + "), exit at cut \""
                            + cutName + "\""));
            if (before || !exit.gate().answers(Softmax.of(logits.toFloats(), exit.temperature()))) {
                return before;
            }
            answered++;
            agreed += wanted.argmax() == logits.argmax() ? 1 : 0;
            return true;
        }

        Result result(String path, int items, int given) {
            if (items == 0) {
                throw new InvalidException("items: 0 (expected: 1 or more to try exits on)");
            }
            return new Result(
                    new Manifest.Exit(
                            cutName,
                            path,
                            exit.temperature(),
                            exit.gate(),
                            parameters,
                            macs,
                            given,
                            (double) answered / items,
                            answered == 0 ? 0 : (double) agreed / answered,
                            exit.heldOut()),
                    file);
        }
    }
}
