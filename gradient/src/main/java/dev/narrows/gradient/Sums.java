package dev.narrows.gradient;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Running sums, and sums of products in Einstein's notation. */
final class Sums {

    private Sums() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("CumSum", Sums::cumSum);
        kernels.put("Einsum", Sums::einsum);
    }

    private static void cumSum(Call call) {
        Tensor x = call.input(0);
        int axis = call.axis(x, call.longs(1)[0]);
        boolean reverse = call.integer("reverse", 0) != 0;
        Tensor ahead = reverse ? x.flip(axis) : x;
        if (call.integer("exclusive", 0) != 0 && x.size(axis) > 0) { // without the element itself: moved by one
            Tensor first = torch.zeros_like(ahead.narrow(axis, 0, 1));
            ahead = torch.cat(new TensorVector(first, ahead.narrow(axis, 0, x.size(axis) - 1)), axis);
        }
        Tensor sums = ahead.cumsum(axis, new ScalarTypeOptional(x.scalar_type()));
        call.output(reverse ? sums.flip(axis) : sums);
    }

    private static void einsum(Call call) {
        Tensor[] operands = new Tensor[call.inputs()];
        Arrays.setAll(operands, call::input);
        call.output(torch.einsum(call.text("equation", ""), new TensorVector(operands)));
    }
}
