package dev.narrows.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a run, by name: given ones, wrapped when a session first asks for them, and made ones, which stay in
 * native memory. Owns the wrappers and hands the made ones back to their sessions when closed; one thread.
 */
final class NativeTensors implements AutoCloseable {

    private final Map<String, Tensor> given;
    private final Map<String, OnnxTensor> wrapped = new HashMap<>();
    private final Map<String, OnnxTensor> made = new HashMap<>();
    private final Map<String, DType> madeTypes = new HashMap<>();
    private final List<KeptOutputs.Outputs> borrowed = new ArrayList<>();

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
    OnnxTensor get(String name) throws OrtException {
        OnnxTensor tensor = made.getOrDefault(name, wrapped.get(name));
        if (tensor == null) {
            tensor = Ort.wrap(source(name));
            wrapped.put(name, tensor);
        }
        return tensor;
    }

    /** Takes over what a session put out. */
    void add(KeptOutputs.Outputs outputs, Map<String, TensorSpec> specs) {
        borrowed.add(outputs);
        for (Map.Entry<String, OnnxTensor> entry : outputs.tensors().entrySet()) {
            made.put(entry.getKey(), entry.getValue());
            TensorSpec spec = specs.get(entry.getKey());
            madeTypes.put(entry.getKey(), spec == null ? DType.FLOAT32 : spec.dtype());
        }
    }

    /** The tensor of that name in memory that Java owns. */
    Tensor copy(String name) {
        OnnxTensor tensor = made.get(name);
        DType dtype = madeTypes.get(name);
        return tensor != null && dtype != null ? Ort.copy(tensor, dtype) : source(name);
    }

    private Tensor source(String name) {
        Tensor source = given.get(name);
        if (source == null) {
            throw new ExecutionException("tensor: missing (expected: given or made), tensor \"" + name + "\"");
        }
        return source;
    }

    @Override
    public void close() {
        wrapped.values().forEach(OnnxTensor::close);
        borrowed.forEach(KeptOutputs.Outputs::handBack);
    }
}
