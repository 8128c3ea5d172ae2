package dev.narrows.gradient;

import java.util.Map;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The places of the largest and smallest elements along an axis; of equal ones the first. */
final class Rankings {

    private Rankings() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("ArgMax", call -> arg(call, true));
        kernels.put("ArgMin", call -> arg(call, false));
        kernels.put("TopK", Rankings::topK);
    }

    private static void arg(Call call, boolean largest) {
        if (call.integer("select_last_index", 0) != 0) {
            throw call.unsupported("select_last_index: 1 (expected: 0)");
        }
        Tensor x = call.input(0);
        LongOptional axis = new LongOptional(call.axis(x, call.integer("axis", 0)));
        boolean keeps = call.integer("keepdims", 1) != 0;
        call.output(largest ? x.argmax(axis, keeps) : x.argmin(axis, keeps));
    }

    private static void topK(Call call) {
        Tensor x = call.input(0);
        long k = call.opset() < 10 ? call.integer("k", 0) : call.longs(1)[0];
        int axis = call.axis(x, call.integer("axis", -1));
        boolean largest = call.integer("largest", 1) != 0;
        // Unlike libtorch's topk a stable sort keeps equal elements in their order.
        T_TensorTensor_T sorted = torch.sort(x, new BoolOptional(true), axis, largest);
        call.output(sorted.get0().narrow(axis, 0, k));
        call.output(sorted.get1().narrow(axis, 0, k));
    }
}
