package dev.narrows.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * The tensors alive during a run, by name: given ones, wrapped when a session first asks for them, and made ones, which
 * stay in native memory. Owns every native tensor it holds; one thread.
 */
final class NativeTensors implements AutoCloseable {

    private final Map<String, Tensor> given;
    private final Map<String, OnnxTensor> natives = new HashMap<>();
    private final Map<String, DType> made = new HashMap<>();

    NativeTensors(Map<String, Tensor> given) {
        this.given = given;
    }

    /**
     * Checks that the tensor a session needs is here and fits.
     *
     * @throws InvalidException if not
     */
    void require(TensorSpec spec, String segment) {
        if (made.containsKey(spec.name())) {
            return; // the runtime checks what it made itself
        }
        Tensor tensor = given.get(spec.name());
        String place = ", segment \"" + segment + "\", tensor \"" + spec.name() + "\"";
        if (tensor == null) {
            throw new InvalidException("input: missing (expected: " + spec.dtype() + spec.shape() + ")" + place);
        }
        // An empty shape is a scalar, or one that the network does not tell: the runtime knows which, and checks.
        boolean fits = spec.shape().isEmpty() ? tensor.dtype() == spec.dtype() : tensor.fits(spec);
        if (!fits) {
            throw new InvalidException("input: " + tensor + " (expected: " + spec.dtype() + spec.shape() + ")" + place);
        }
    }

    /** The native tensor of that name; stays ours. */
    OnnxTensor wrapped(String name) throws OrtException {
        OnnxTensor tensor = natives.get(name);
        if (tensor == null) {
            Tensor source = given.get(name);
            if (source == null) {
                throw new ExecutionException("tensor: missing (expected: alive), tensor \"" + name + "\"");
            }
            tensor = Ort.wrap(source);
            natives.put(name, tensor);
        }
        return tensor;
    }

    /** Takes over what a session put out. */
    void add(OrtSession.Result result, Map<String, TensorSpec> specs) {
        for (Map.Entry<String, OnnxValue> entry : result) {
            if (!(entry.getValue() instanceof OnnxTensor tensor)) {
                result.close();
                throw new UnsupportedException(
                        "output: " + entry.getValue().getType() + " (expected: a tensor), \"" + entry.getKey() + "\"");
            }
            OnnxTensor replaced = natives.put(entry.getKey(), tensor);
            if (replaced != null) {
                replaced.close();
            }
            TensorSpec spec = specs.get(entry.getKey());
            made.put(entry.getKey(), spec == null ? DType.FLOAT32 : spec.dtype());
        }
    }

    /** The tensor of that name in memory that Java owns. */
    Tensor copy(String name) {
        DType dtype = made.get(name);
        OnnxTensor tensor = natives.get(name);
        if (dtype != null && tensor != null) {
            return Ort.copy(tensor, dtype);
        }
        Tensor source = given.get(name);
        if (source == null) {
            throw new ExecutionException("tensor: missing (expected: alive), tensor \"" + name + "\"");
        }
        return source;
    }

    /** Releases all but the named tensors. */
    void retain(Set<String> names) {
        Iterator<Map.Entry<String, OnnxTensor>> entries = natives.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<String, OnnxTensor> entry = entries.next();
            if (!names.contains(entry.getKey())) {
                entry.getValue().close();
                entries.remove();
                made.remove(entry.getKey());
            }
        }
    }

    @Override
    public void close() {
        retain(Set.of());
    }
}
