package dev.narrows.gradient;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ElementType;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Changes of the element type; from float types to integers towards 0, to bool whether it is not 0. */
final class Casts {

    private Casts() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("Cast", call -> call.output(call.input(0).to(type(call, "to", ElementType.UNDEFINED))));
        kernels.put(
                "CastLike", call -> call.output(call.input(0).to(call.input(1).scalar_type())));
    }

    /** The element type that an attribute names by its number. */
    static ScalarType type(Call call, String attribute, ElementType otherwise) {
        ElementType type = ElementType.of((int) call.integer(attribute, otherwise.number()));
        try {
            return Torch.type(type, "");
        } catch (UnsupportedException e) {
            throw call.unsupported(attribute + ": " + type + " (expected: a type that libtorch computes with)");
        }
    }
}
