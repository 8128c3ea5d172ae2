package dev.narrows.plan;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Preprocessing;
import dev.narrows.wire.codec.Calibrator;
import dev.narrows.wire.codec.Codecs;
import dev.narrows.wire.codec.CutCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Calibrates the codecs of every cut but the last on some items and measures them on others: bytes, agreement with the
 * whole network, and whether anything was lost.
 */
final class CodecTrial {

    /**
     * One cut's codecs.
     *
     * @param codecs those that a bundle must store; {@link Codecs#BOTTLENECK} only where a cut is one
     * @param measured all, raw and fp16 included
     */
    record CutResult(Manifest.Cut cut, List<CutCodec> codecs, List<PackReport.CodecReport> measured) {}

    private final Session reference;
    private final Chain chain;
    private final List<Manifest.Cut> cuts;
    private final Packer.Options options;

    CodecTrial(Session reference, Chain chain, List<Manifest.Cut> cuts, Packer.Options options) {
        this.reference = reference;
        this.chain = chain;
        this.cuts = cuts;
        this.options = options;
    }

    List<CutResult> run(List<Map<String, Tensor>> calibration, List<Map<String, Tensor>> verification) {
        List<List<CutCodec>> stored = calibrate(calibration);
        List<Map<String, Measure>> measures = new ArrayList<>();
        for (int cut = 0; cut < cuts.size() - 1; cut++) {
            measures.add(new LinkedHashMap<>());
        }
        for (Map<String, Tensor> item : verification) {
            Map<String, Tensor> expected = reference.run(item);
            Map<String, Tensor> values = item;
            for (int cut = 0; cut < cuts.size() - 1; cut++) {
                values = cut == 0 ? item : chain.run(cut - 1, cut, values).outputs();
                for (CutCodec codec : all(cut, stored.get(cut))) {
                    measures.get(cut)
                            .computeIfAbsent(codec.name(), name -> new Measure())
                            .add(codec, values, cut, expected);
                }
            }
        }
        List<CutResult> results = new ArrayList<>();
        for (int cut = 0; cut < cuts.size() - 1; cut++) {
            List<PackReport.CodecReport> reports = new ArrayList<>();
            measures.get(cut).forEach((name, measure) -> reports.add(measure.report(name)));
            results.add(new CutResult(cuts.get(cut), stored.get(cut), reports));
        }
        return results;
    }

    private List<List<CutCodec>> calibrate(List<Map<String, Tensor>> items) {
        List<Calibrator> calibrators = new ArrayList<>();
        for (Manifest.Cut cut : cuts.subList(0, cuts.size() - 1)) {
            calibrators.add(new Calibrator(cut.tensors()));
        }
        if (!options.codecs().isEmpty()) {
            for (Map<String, Tensor> item : items) {
                Map<String, Tensor> values = item;
                for (int cut = 0; cut < calibrators.size(); cut++) {
                    values = cut == 0 ? item : chain.run(cut - 1, cut, values).outputs();
                    calibrators.get(cut).add(values);
                }
            }
        }
        if (options.codecs().contains(Codecs.BOTTLENECK)) {
            requireBottleneck(calibrators);
        }
        List<List<CutCodec>> codecs = new ArrayList<>();
        for (int cut = 0; cut < calibrators.size(); cut++) {
            List<CutCodec> made = new ArrayList<>();
            if (cut == 0 && options.preprocessing() instanceof Preprocessing.Audio) {
                made.add(Codecs.pcm16(cuts.get(0).tensors()));
            }
            for (String name : options.codecs()) {
                if (!name.equals(Codecs.BOTTLENECK)
                        || calibrators.get(cut).noBottleneck().isEmpty()) {
                    made.add(calibrators.get(cut).build(name));
                }
            }
            codecs.add(made);
        }
        return codecs;
    }

    /** A network's inputs are hardly ever a bottleneck, but one of the cuts behind them must be. */
    private void requireBottleneck(List<Calibrator> calibrators) {
        List<String> refusals = new ArrayList<>();
        for (int cut = Math.min(1, calibrators.size() - 1); cut < calibrators.size(); cut++) {
            Optional<String> refusal = calibrators.get(cut).noBottleneck();
            if (refusal.isEmpty()) {
                return;
            }
            refusals.add(refusal.get() + ", cut \"" + cuts.get(cut).name() + "\"");
        }
        throw new InvalidException(
                "codec " + Codecs.BOTTLENECK + ": no cut of whole numbers: " + String.join("; ", refusals));
    }

    private List<CutCodec> all(int cut, List<CutCodec> stored) {
        List<TensorSpec> tensors = cuts.get(cut).tensors();
        List<CutCodec> all = new ArrayList<>();
        all.add(Codecs.raw(tensors));
        all.add(Codecs.fp16(tensors));
        all.addAll(stored);
        return all;
    }

    /** Sums over items for one codec at one cut. */
    private final class Measure {

        private int items;
        private int agreed;
        private long bytes;
        private double maxDifference;
        private boolean lossless = true;

        void add(CutCodec codec, Map<String, Tensor> values, int cut, Map<String, Tensor> expected) {
            List<WireTensor> coded = codec.encode(values);
            Map<String, Tensor> decoded = codec.decode(coded);
            items++;
            bytes += CutCodec.dataBytes(coded);
            for (TensorSpec tensor : cuts.get(cut).tensors()) {
                lossless &= value(values, tensor).sameBits(value(decoded, tensor));
            }
            Map<String, Tensor> outputs =
                    chain.run(cut, chain.segments(), decoded).outputs();
            boolean agree = true;
            for (TensorSpec output : cuts.get(cuts.size() - 1).tensors()) {
                Tensor wanted = value(expected, output);
                Tensor got = value(outputs, output);
                agree &= Answers.agree(wanted, got);
                maxDifference = Math.max(maxDifference, Answers.relativeDifference(wanted, got));
            }
            agreed += agree ? 1 : 0;
        }

        private Tensor value(Map<String, Tensor> values, TensorSpec spec) {
            Tensor value = values.get(spec.name());
            if (value == null) {
                throw new IllegalStateException("no value for " + spec);
            }
            return value;
        }

        PackReport.CodecReport report(String name) {
            return new PackReport.CodecReport(
                    name, (double) bytes / items, (double) agreed / items, maxDifference, lossless);
        }
    }
}
