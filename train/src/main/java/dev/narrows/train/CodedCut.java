package dev.narrows.train;

import dev.narrows.data.Batch;
import dev.narrows.data.BatchOptions;
import dev.narrows.data.Batches;
import dev.narrows.data.Dataset;
import dev.narrows.data.Labels;
import dev.narrows.engine.Chain;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Network;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.Chains;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.codec.Calibrator;
import dev.narrows.wire.codec.Codecs;
import dev.narrows.wire.codec.CutCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What codecs at a cut cost and what they leave of the accuracy, by doing it: each item goes through the device's part, is
 * coded by itself, decoded, and goes through the rest, in ONNX Runtime.
 */
public final class CodedCut implements AutoCloseable {

    private static final int BATCH = 250;

    /**
     * One codec's.
     *
     * @param meanBytes of the code of one item
     * @param accuracy of the first output
     */
    public record Result(String codec, double meanBytes, double accuracy) {}

    private final Inputs inputs;
    private final List<TensorSpec> cut;
    private final Chain chain;
    private final String output;

    /** @param network with a free batch axis */
    public CodedCut(Network network, Shapes shapes, Cut cut, Inputs inputs) {
        this.inputs = inputs;
        Segments.Chain split = Segments.split(network, shapes, List.of(cut));
        chain = Chains.open(split, SessionOptions.DEFAULT);
        output = network.outputs().get(0).name();
        this.cut = cut.tensors().stream()
                .map(name -> {
                    Shapes.Shape shape = shapes.of(name).orElseThrow();
                    List<Long> dims = new ArrayList<>(shape.dims());
                    dims.set(0, -1L);
                    return new TensorSpec(name, dev.narrows.engine.DType.FLOAT32, dims);
                })
                .toList();
    }

    /**
     * Measures codecs.
     *
     * @param names of codecs: raw, fp16, and what a {@link Calibrator} builds
     * @param seen items that tables are made from
     * @param test items to measure on
     */
    public List<Result> measure(List<String> names, Dataset seen, Dataset test) {
        Calibrator calibrator = new Calibrator(cut);
        overCut(seen, (values, batch) -> calibrator.add(values));
        List<CutCodec> codecs = names.stream()
                .map(name -> switch (name) {
                    case "raw" -> Codecs.raw(cut);
                    case "fp16" -> Codecs.fp16(cut);
                    default -> calibrator.build(name);
                })
                .toList();
        long[] bytes = new long[codecs.size()];
        int[] right = new int[codecs.size()];
        int[] known = new int[1];
        overCut(test, (values, batch) -> {
            for (int class_ : batch.labels().get(0)) {
                known[0] += class_ == Labels.UNKNOWN ? 0 : 1;
            }
            for (int i = 0; i < codecs.size(); i++) {
                List<Tensor> answers = new ArrayList<>();
                for (int item = 0; item < batch.size(); item++) {
                    List<WireTensor> code = codecs.get(i).encode(item(values, item));
                    for (WireTensor part : code) {
                        bytes[i] += part.data().remaining();
                    }
                    answers.add(single(codecs.get(i).decode(code)));
                }
                right[i] += right(Tensor.concat(answers), batch.labels().get(0));
            }
        });
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < codecs.size(); i++) {
            results.add(new Result(
                    codecs.get(i).name(), (double) bytes[i] / test.size(), (double) right[i] / Math.max(1, known[0])));
        }
        return results;
    }

    private void overCut(Dataset data, BiConsumer<Map<String, Tensor>, Batch> use) {
        inputs.require(data);
        try (Batches batches = Batches.open(data, BatchOptions.DEFAULT.withSize(BATCH), 0)) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                use.accept(chain.run(0, 1, inputs.ofHost(batch.values())).outputs(), batch);
            }
        }
    }

    private static Map<String, Tensor> item(Map<String, Tensor> values, int item) {
        Map<String, Tensor> one = new LinkedHashMap<>();
        values.forEach((name, tensor) -> one.put(name, tensor.slice(item, item + 1)));
        return one;
    }

    private Tensor single(Map<String, Tensor> decoded) {
        Tensor answer = chain.run(1, 2, decoded).outputs().get(output);
        if (answer == null) {
            throw new IllegalStateException(output);
        }
        return answer;
    }

    private static int right(Tensor answers, int[] classes) {
        int right = 0;
        for (int item = 0; item < classes.length; item++) {
            right += answers.slice(item, item + 1).argmax() == classes[item] ? 1 : 0;
        }
        return right;
    }

    @Override
    public void close() {
        chain.close();
    }
}
