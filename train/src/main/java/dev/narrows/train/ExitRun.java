package dev.narrows.train;

import dev.narrows.data.Batch;
import dev.narrows.data.BatchOptions;
import dev.narrows.data.Batches;
import dev.narrows.data.Dataset;
import dev.narrows.data.Labels;
import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.Chains;
import dev.narrows.plan.NetworkShapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A trunk and its exits as they are deployed: the trunk's segments between the exits, and the exits, each a session of ONNX
 * Runtime. It runs all of them for every item, so that any gates can be judged by the answers afterwards.
 */
public final class ExitRun implements AutoCloseable {

    private static final int BATCH = 250;

    private final Inputs inputs;
    private final Chain chain;
    private final List<Session> exits = new ArrayList<>();
    private final ExitCosts costs;

    /**
     * Opens all sessions.
     *
     * @param parts as they were read from their files; the trunk with a free batch axis
     */
    public ExitRun(ExitMaker.Parts parts, Inputs inputs) {
        this.inputs = inputs;
        Network trunk = parts.trunk();
        Shapes shapes = NetworkShapes.infer(trunk, Map.of());
        List<Cut> cuts = new ArrayList<>();
        List<Long> heads = new ArrayList<>();
        for (Network exit : parts.exits()) {
            cuts.add(Cuts.at(trunk, shapes, List.of(exit.inputs().get(0).name())));
            heads.add(ExitCuts.macs(exit, NetworkShapes.infer(exit, Map.of())));
        }
        costs = new ExitCosts(cuts.stream().map(Cut::upstreamMacs).toList(), heads, ExitCuts.macs(trunk, shapes));
        chain = Chains.open(Segments.split(trunk, shapes, cuts), SessionOptions.DEFAULT);
        try {
            for (Network exit : parts.exits()) {
                exits.add(Session.open(exit.name(), OnnxWriter.write(exit), Map.of(), SessionOptions.DEFAULT));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    public ExitCosts costs() {
        return costs;
    }

    /**
     * The answers to the items whose class is known.
     *
     * @return by exit, then of the trunk's end: logits; of the end what the
     *     network gives, be it probabilities
     */
    public List<LabelledLogits> run(Dataset data) {
        List<Collected> all = new ArrayList<>();
        for (int i = 0; i <= exits.size(); i++) {
            all.add(new Collected());
        }
        inputs.require(data);
        overAll(data, (values, labels) -> {
            Map<String, Tensor> alive = inputs.ofHost(values);
            for (int segment = 0; segment <= exits.size(); segment++) {
                alive = chain.run(segment, segment + 1, alive).outputs();
                boolean last = segment == exits.size();
                Map<String, Tensor> answer = last ? alive : exits.get(segment).run(alive);
                all.get(segment).add(answer.values().iterator().next(), labels);
            }
        });
        return all.stream().map(Collected::logits).toList();
    }

    /**
     * What a network without exits answers to the items whose class is known.
     *
     * @param network with a free batch axis, and one output (items, classes)
     */
    public static LabelledLogits run(Network network, Inputs inputs, Dataset data) {
        inputs.require(data);
        Collected collected = new Collected();
        try (Session session =
                Session.open(network.name(), OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT)) {
            overAll(
                    data,
                    (values, labels) -> collected.add(
                            session.run(inputs.ofHost(values))
                                    .values()
                                    .iterator()
                                    .next(),
                            labels));
        }
        return collected.logits();
    }

    private static void overAll(Dataset data, BiConsumer<Tensor, int[]> use) {
        try (Batches batches = Batches.open(data, BatchOptions.DEFAULT.withSize(BATCH), 0)) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                use.accept(batch.values(), batch.labels().get(0));
            }
        }
    }

    /** Answers, batch by batch. */
    private static final class Collected {

        private final List<float[]> logits = new ArrayList<>();
        private final List<Integer> labels = new ArrayList<>();

        void add(Tensor answers, int[] classes) {
            if (answers.rank() != 2 || answers.dim(0) != classes.length) {
                throw new IncompatibleException(
                        "answers: " + answers + " (expected: (items, classes) of " + classes.length + " items)");
            }
            for (int item = 0; item < classes.length; item++) {
                if (classes[item] != Labels.UNKNOWN) {
                    logits.add(answers.slice(item, item + 1).toFloats());
                    labels.add(classes[item]);
                }
            }
        }

        LabelledLogits logits() {
            if (logits.isEmpty()) {
                throw new InvalidException("labels: none is known (expected: some, to measure exits)");
            }
            int classes = logits.get(0).length;
            float[] values = new float[classes * logits.size()];
            for (int item = 0; item < logits.size(); item++) {
                System.arraycopy(logits.get(item), 0, values, item * classes, classes);
            }
            return new LabelledLogits(
                    classes, values, labels.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    @Override
    public void close() {
        exits.forEach(Session::close);
        chain.close();
    }
}
