package dev.narrows.cloud;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.wire.ModelMetadata;
import dev.narrows.wire.bundle.Manifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loaded network, entered at any of its cuts. A plain ONNX file is a chain of one segment. Owns its sessions; runs may
 * overlap.
 */
final class Model implements AutoCloseable {

    /** The only version that a model has; requests may name it or none. */
    static final String VERSION = "1";

    private static final Logger LOGGER = LoggerFactory.getLogger(Model.class);
    private static final int WARM_RUNS = 30;
    private static final int MEASURED_RUNS = 15;
    private static final long MEASURE_NANOS = 1_000_000_000;

    private final String name;
    private final Layout layout;
    private final Chain chain;
    private final Optional<long[]> segmentMicros;

    /** A model that owns {@code chain} from here on, warmed up and measured. */
    Model(String name, Layout layout, Chain chain) {
        this.name = name;
        this.layout = layout;
        this.chain = chain;
        this.segmentMicros = measured();
    }

    Layout layout() {
        return layout;
    }

    /** The cut that a request may enter at last, with the least left to run. */
    Manifest.Cut lastEntry() {
        return layout.cuts().get(chain.segments() - 1);
    }

    /**
     * The index of the cut of that name.
     *
     * @throws IncompatibleException if there is none, or it is the last, where nothing is left to run
     */
    int entryCut(String cut) {
        int index = layout.cutIndex(cut);
        if (index == chain.segments()) {
            throw new IncompatibleException(
                    "cut: \"" + cut + "\" (expected: one before the outputs), model \"" + name + "\"");
        }
        return index;
    }

    /** The network's outputs. */
    List<TensorSpec> outputs() {
        return layout.cuts().get(chain.segments()).tensors();
    }

    /** Runs from a cut to the end. */
    Map<String, Tensor> run(int fromCut, Map<String, Tensor> tensors) {
        return chain.run(fromCut, chain.segments(), tensors).outputs();
    }

    ModelMetadata metadata(String asked) {
        Map<String, String> properties = new LinkedHashMap<>();
        layout.hash().ifPresent(value -> properties.put("bundle", value));
        properties.put("cuts", layout.cuts().stream().map(Manifest.Cut::name).collect(Collectors.joining(",")));
        segmentMicros.ifPresent(micros -> properties.put(
                "segment_us", Arrays.stream(micros).mapToObj(Long::toString).collect(Collectors.joining(","))));
        return new ModelMetadata(
                asked, List.of(VERSION), layout.platform(), layout.cuts().get(0).tensors(), outputs(), properties);
    }

    /**
     * Runs one item of zeros until the runtime is warm, then takes each segment's median time in microseconds; empty if
     * the network cannot run on zeros (its inputs have axes of unknown length that 1 does not suit).
     */
    private Optional<long[]> measured() {
        Map<String, Tensor> zeros = new LinkedHashMap<>();
        List<long[]> runs = new ArrayList<>();
        long start = System.nanoTime();
        try {
            for (TensorSpec spec : layout.cuts().get(0).tensors()) {
                long[] shape = spec.shape().stream()
                        .mapToLong(axis -> axis < 0 ? 1 : axis)
                        .toArray();
                if (shape.length > 0 && spec.shape().get(0) < 0) {
                    shape[0] = Math.max(1, layout.fixedBatch());
                }
                zeros.put(spec.name(), Tensor.zeros(spec.dtype(), shape));
            }
            for (int run = 0; run < WARM_RUNS + MEASURED_RUNS; run++) {
                long[] nanos = chain.run(0, chain.segments(), zeros).segmentNanos();
                boolean late = System.nanoTime() - start > MEASURE_NANOS;
                if (run >= WARM_RUNS || late) {
                    runs.add(nanos);
                }
                if (late) {
                    break;
                }
            }
        } catch (NarrowsException e) {
            LOGGER.info("{}: not measured: {}", name, e.getMessage());
            return Optional.empty();
        }
        long[] medians = new long[chain.segments()];
        for (int segment = 0; segment < medians.length; segment++) {
            int index = segment;
            long[] sorted =
                    runs.stream().mapToLong(nanos -> nanos[index]).sorted().toArray();
            medians[segment] = Math.round(sorted[sorted.length / 2] / 1000.0);
        }
        return Optional.of(medians);
    }

    @Override
    public void close() {
        chain.close();
    }
}
