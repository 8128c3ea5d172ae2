package dev.narrows.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One network (or one segment of it) loaded into ONNX Runtime, ready to run. Owns native memory until closed. Runs may
 * overlap on several threads. Closing refuses new runs and waits for none: one that is under way ends as usual, and the
 * last one releases the memory. Between runs it keeps the memory of a few runs' outputs for the next ones of the same
 * shapes.
 */
public final class Session implements AutoCloseable {

    private final String name;
    private final OrtSession session;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final Map<String, TensorSpec> outputsByName;
    private final double slowdown;
    private final KeptOutputs keptOutputs;

    private int running; // guarded by this
    private boolean closed; // guarded by this

    private Session(String name, OrtSession session, SessionOptions options) throws OrtException {
        this.name = name;
        this.session = session;
        this.inputs = specs(name, "input", session.getInputInfo().values());
        this.outputs = specs(name, "output", session.getOutputInfo().values());
        this.outputsByName = new LinkedHashMap<>();
        for (TensorSpec output : outputs) {
            outputsByName.put(output.name(), output);
        }
        this.slowdown = options.slowdown();
        this.keptOutputs = new KeptOutputs(session);
    }

    /**
     * Loads a network.
     *
     * @param name what errors call it: a segment's or a file's name
     * @param model the remaining bytes are an ONNX file (direct buffers are read in place)
     * @param sharedWeights initializers that the model names as external data, by tensor name; may hold more than this
     *     model needs, may be empty. Not needed any more when this returns
     * @throws dev.narrows.errors.MalformedException if the bytes are no protobuf message
     * @throws InvalidException if a weight that the model needs is missing
     * @throws UnsupportedException if the runtime cannot run it
     */
    public static Session open(
            String name, ByteBuffer model, Map<String, Tensor> sharedWeights, SessionOptions options) {
        Set<String> external = ExternalWeights.of(name, model);
        Map<String, OnnxTensor> weights = new LinkedHashMap<>();
        try (OrtSession.SessionOptions ort = Ort.sessionOptions(options)) {
            for (String weight : external) {
                Tensor tensor = sharedWeights.get(weight);
                if (tensor == null) {
                    throw new InvalidException("weight: missing (expected: among the shared weights), segment \"" + name
                            + "\", tensor \"" + weight + "\"");
                }
                weights.put(weight, Ort.wrap(tensor));
            }
            // The runtime copies them; it refuses an empty map.
            if (!weights.isEmpty()) {
                ort.addExternalInitializers(Map.copyOf(weights));
            }
            OrtSession session = model.isDirect()
                    ? Ort.environment().createSession(model.slice(), ort)
                    : Ort.environment().createSession(heapBytes(model), ort);
            try {
                return new Session(name, session, options);
            } catch (OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (OrtException e) {
            throw new UnsupportedException("model: " + e.getMessage() + ", segment \"" + name + "\"", e);
        } finally {
            weights.values().forEach(OnnxTensor::close);
        }
    }

    public String name() {
        return name;
    }

    /** The inputs that a run needs, in the network's order. */
    public List<TensorSpec> inputs() {
        return inputs;
    }

    /** The outputs of a run, in the network's order. */
    public List<TensorSpec> outputs() {
        return outputs;
    }

    /**
     * Runs the network once and copies the outputs out of native memory.
     *
     * @param given a tensor for each input; more than the session needs is allowed and ignored
     * @return the outputs by name, in the network's order
     * @throws InvalidException if an input is missing or does not fit its spec
     * @throws ExecutionException if the runtime fails or the session is closed
     */
    public Map<String, Tensor> run(Map<String, Tensor> given) {
        try (NativeTensors tensors = new NativeTensors(given)) {
            run(tensors, outputsByName.keySet());
            Map<String, Tensor> results = new LinkedHashMap<>();
            for (TensorSpec output : outputs) {
                results.put(output.name(), tensors.copy(output.name()));
            }
            return results;
        }
    }

    /** Runs on what {@code tensors} holds and adds the wanted outputs to it. */
    void run(NativeTensors tensors, Set<String> wanted) {
        for (TensorSpec input : inputs) {
            tensors.require(input, name);
        }
        enter();
        try {
            long start = System.nanoTime();
            Map<String, OnnxTensor> feed = new LinkedHashMap<>();
            for (TensorSpec input : inputs) {
                feed.put(input.name(), tensors.get(input.name()));
            }
            tensors.add(keptOutputs.run(feed, wanted), outputsByName);
            Slowdown.stretch(start, slowdown);
        } catch (OrtException e) {
            throw new ExecutionException("run: " + e.getMessage() + ", segment \"" + name + "\"", e);
        } finally {
            leave();
        }
    }

    /** Refuses new runs and releases the native memory, at once or when the last run ends. More calls do nothing. */
    @Override
    public void close() {
        boolean last;
        synchronized (this) {
            last = !closed && running == 0;
            closed = true;
        }
        if (last) {
            release();
        }
    }

    @Override
    public String toString() {
        return "Session " + name + " " + inputs + " -> " + outputs;
    }

    private synchronized void enter() {
        if (closed) {
            throw new ExecutionException("session: closed (expected: open), segment \"" + name + "\"");
        }
        running++;
    }

    private void leave() {
        boolean last;
        synchronized (this) {
            running--;
            last = closed && running == 0;
        }
        if (last) {
            release();
        }
    }

    private void release() {
        keptOutputs.stop();
        try {
            session.close();
        } catch (OrtException e) {
            throw new ExecutionException("close: " + e.getMessage() + ", segment \"" + name + "\"", e);
        }
    }

    private static List<TensorSpec> specs(String segment, String side, Collection<NodeInfo> infos) {
        List<TensorSpec> specs = new ArrayList<>();
        for (NodeInfo node : infos) {
            String place = ", segment \"" + segment + "\", " + side + " \"" + node.getName() + "\"";
            if (!(node.getInfo() instanceof TensorInfo info)) {
                throw new UnsupportedException("type: " + node.getInfo() + " (expected: a tensor)" + place);
            }
            DType dtype = Ort.dtype(info)
                    .orElseThrow(() -> new UnsupportedException(
                            "element type: " + info.onnxType + " (expected: one of DType)" + place));
            List<Long> shape = new ArrayList<>();
            for (long axis : info.getShape()) {
                shape.add(axis);
            }
            specs.add(new TensorSpec(node.getName(), dtype, shape));
        }
        return List.copyOf(specs);
    }

    private static byte[] heapBytes(ByteBuffer model) {
        if (model.hasArray() && model.arrayOffset() == 0 && model.remaining() == model.array().length) {
            return model.array();
        }
        byte[] copy = new byte[model.remaining()];
        model.duplicate().get(copy);
        return copy;
    }
}
