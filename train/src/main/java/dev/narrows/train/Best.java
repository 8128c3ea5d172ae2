package dev.narrows.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** A copy of a state at its best. Owns the copy. */
final class Best implements AutoCloseable {

    private final Map<String, Tensor> state;
    private final Map<String, Tensor> copy = new LinkedHashMap<>();

    Best(Map<String, Tensor> state) {
        this.state = state;
        try (PointerScope scope = new PointerScope()) {
            state.forEach((name, tensor) -> {
                Tensor copied = tensor.detach().clone();
                copied.retainReference();
                copy.put(name, copied);
            });
        }
    }

    Map<String, Tensor> state() {
        return copy;
    }

    void keep() {
        copy(state, copy);
    }

    void restore() {
        copy(copy, state);
    }

    private static void copy(Map<String, Tensor> from, Map<String, Tensor> to) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            to.forEach((name, tensor) -> {
                Tensor source = from.get(name);
                if (source == null) {
                    throw new IllegalStateException(name);
                }
                tensor.detach().copy_(source.detach());
            });
        }
    }

    @Override
    public void close() {
        copy.values().forEach(Tensor::close);
    }
}
