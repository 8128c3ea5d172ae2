package dev.narrows.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.narrows.errors.UnsupportedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Runs a session into output tensors that earlier runs left behind, as long as the inputs keep their shapes. Making
 * them anew costs a boundary of a chain 15 to 25 of its 60 to 70 µs (measured by {@code ChainLatency} in benchmarks). Holds
 * the outputs of at most {@value #SETS} runs; several threads.
 */
final class KeptOutputs {

    /** More runs than these may overlap; the outputs of the others are released. */
    static final int SETS = 4;

    /** How the runtime says that a tensor it was given has another shape than the run finds. */
    private static final String OTHER_SHAPE = "The output OrtValue provided";

    private final OrtSession session;
    private final Queue<Outputs> idle = new ArrayBlockingQueue<>(SETS);
    private volatile boolean keeping;

    KeptOutputs(OrtSession session) throws OrtException {
        this.session = session;
        this.keeping = shapesFollowInputs(session);
    }

    /** What one run put out: borrowed from the time it ran until it is handed back. */
    final class Outputs {

        private final Set<String> wanted;
        private final List<long[]> inputShapes;
        private final Map<String, OnnxTensor> tensors;

        private Outputs(Set<String> wanted, List<long[]> inputShapes, Map<String, OnnxTensor> tensors) {
            this.wanted = wanted;
            this.inputShapes = inputShapes;
            this.tensors = tensors;
        }

        Map<String, OnnxTensor> tensors() {
            return tensors;
        }

        /** Ends the loan; nobody reads the tensors any more. */
        void handBack() {
            if (keeping) {
                if (!idle.offer(this)) {
                    close();
                } else if (!keeping) {
                    release(); // stopped in between; it may have missed these
                }
            } else {
                close();
            }
        }

        private boolean fits(Set<String> otherWanted, List<long[]> otherShapes) {
            return wanted.equals(otherWanted) && Arrays.deepEquals(inputShapes.toArray(), otherShapes.toArray());
        }

        private void close() {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    /** Runs the session; the caller hands the outputs back when it has read them. */
    Outputs run(Map<String, OnnxTensor> feed, Set<String> wanted) throws OrtException {
        List<long[]> shapes = new ArrayList<>();
        for (OnnxTensor input : feed.values()) {
            shapes.add(input.getInfo().getShape());
        }
        Optional<Outputs> kept = take(wanted, shapes);
        if (kept.isPresent()) {
            Outputs outputs = kept.get();
            boolean written = false;
            try {
                session.run(feed, Set.of(), outputs.tensors).close(); // closes none of the tensors it was given
                written = true;
                return outputs;
            } catch (OrtException e) {
                if (!String.valueOf(e.getMessage()).contains(OTHER_SHAPE)) {
                    throw e;
                }
                stop(); // the outputs have other shapes than the network says: new ones for each run from here on
            } finally {
                if (!written) {
                    outputs.close();
                }
            }
        }
        return new Outputs(wanted, shapes, tensors(session.run(feed, wanted)));
    }

    /** Keeps nothing from here on; what is lent is released when it is handed back. */
    void stop() {
        keeping = false;
        release();
    }

    private void release() {
        for (Outputs outputs = idle.poll(); outputs != null; outputs = idle.poll()) {
            outputs.close();
        }
    }

    private Optional<Outputs> take(Set<String> wanted, List<long[]> shapes) {
        for (Outputs outputs = idle.poll(); outputs != null; outputs = idle.poll()) {
            if (outputs.fits(wanted, shapes)) {
                return Optional.of(outputs);
            }
            outputs.close(); // of another batch size: memory is kept for one at a time
        }
        return Optional.empty();
    }

    /**
     * Whether each output has a shape told by the network or by the inputs' named axes (others may depend on values, and
     * the runtime would print an error when they turn out different), and none is an input put out again: that is not
     * written, but is the input's own memory.
     */
    private static boolean shapesFollowInputs(OrtSession session) throws OrtException {
        Set<String> axes = new HashSet<>();
        for (NodeInfo input : session.getInputInfo().values()) {
            if (input.getInfo() instanceof TensorInfo info) {
                axes.addAll(Arrays.asList(info.getDimensionNames()));
            }
        }
        axes.remove(""); // an axis without a name
        for (NodeInfo output : session.getOutputInfo().values()) {
            if (!(output.getInfo() instanceof TensorInfo info)
                    || session.getInputNames().contains(output.getName())) {
                return false;
            }
            long[] shape = info.getShape();
            if (shape.length == 0) {
                return false; // a scalar, or unknown
            }
            for (int axis = 0; axis < shape.length; axis++) {
                if (shape[axis] < 0 && !axes.contains(info.getDimensionNames()[axis])) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Map<String, OnnxTensor> tensors(OrtSession.Result result) {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> entry : result) {
            if (!(entry.getValue() instanceof OnnxTensor tensor)) {
                result.close();
                throw new UnsupportedException(
                        "output: " + entry.getValue().getType() + " (expected: a tensor), \"" + entry.getKey() + "\"");
            }
            tensors.put(entry.getKey(), tensor);
        }
        return tensors;
    }
}
