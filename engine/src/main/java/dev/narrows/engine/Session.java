package dev.narrows.engine;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * One network (or one segment of it) loaded into ONNX Runtime, ready to run. Owns native memory until closed. Runs may
 * overlap on several threads; closing waits for none of them, so close last.
 */
public final class Session implements AutoCloseable {

    private Session() {}

    /**
     * Loads a network.
     *
     * @param name what errors call it: a segment's or a file's name
     * @param model the ONNX bytes (direct buffers are read in place)
     * @param sharedWeights initializers that the model names as external data, by tensor name; may be empty
     * @throws dev.narrows.errors.UnsupportedException if the runtime cannot run it
     */
    public static Session open(
            String name, ByteBuffer model, Map<String, Tensor> sharedWeights, SessionOptions options) {
        throw new UnsupportedOperationException();
    }

    public String name() {
        throw new UnsupportedOperationException();
    }

    /** The inputs that a run needs, in the network's order. */
    public List<TensorSpec> inputs() {
        throw new UnsupportedOperationException();
    }

    /** The outputs of a run, in the network's order. */
    public List<TensorSpec> outputs() {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs the network once and copies the outputs out of native memory.
     *
     * @param inputs a tensor for each input; more than the session needs is allowed and ignored
     * @throws dev.narrows.errors.InvalidException if an input is missing or does not fit its spec
     * @throws dev.narrows.errors.ExecutionException if the runtime fails
     */
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
