package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ElementType;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Tensors made by a rule, and triangles of matrices. */
final class Fills {

    private Fills() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("ConstantOfShape", Fills::constantOfShape);
        kernels.put("Range", Fills::range);
        kernels.put("EyeLike", Fills::eyeLike);
        kernels.put("Trilu", Fills::trilu);
    }

    private static void constantOfShape(Call call) {
        Attribute value = call.node().attributes().get("value");
        Tensor one = value instanceof Attribute.TensorValue given
                ? Torch.of(given.value())
                : torch.zeros(new long[] {1}, new TensorOptions(ScalarType.Float));
        call.output(one.reshape(1).squeeze(0).expand(call.longs(0)).contiguous());
    }

    /** start, start + delta, ... before limit; in the type of the three. */
    private static void range(Call call) {
        Tensor start = call.input(0).reshape(1);
        Tensor delta = call.input(2).reshape(1);
        ScalarType type = start.scalar_type();
        long count;
        if (start.is_floating_point()) {
            double step = call.number(2);
            requireStep(call, step != 0);
            count = (long) Math.ceil((call.number(1) - call.number(0)) / step);
        } else {
            long step = call.longs(2)[0];
            requireStep(call, step != 0);
            count = -Math.floorDiv(call.longs(0)[0] - call.longs(1)[0], step);
        }
        Tensor places = torch.arange(new Scalar(Math.max(0, count)), new TensorOptions(ScalarType.Long))
                .to(type);
        call.output(start.add(places.mul(delta)));
    }

    private static void requireStep(Call call, boolean moves) {
        if (!moves) {
            throw new InvalidException("delta: 0 (expected: another), " + call.place());
        }
    }

    private static void eyeLike(Call call) {
        Tensor x = call.input(0);
        ScalarType type = call.hasAttribute("dtype")
                ? Casts.type(call, "dtype", ElementType.FLOAT)
                : x.scalar_type().intern();
        long k = call.integer("k", 0);
        call.output(torch.ones(x.shape(), new TensorOptions(ScalarType.Float))
                .triu(k)
                .tril(k)
                .to(type));
    }

    private static void trilu(Call call) {
        Tensor x = call.input(0);
        long k = call.has(1) ? call.longs(1)[0] : 0;
        call.output(call.integer("upper", 1) == 0 ? x.tril(k) : x.triu(k));
    }
}
