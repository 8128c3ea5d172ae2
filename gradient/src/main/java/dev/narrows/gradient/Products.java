package dev.narrows.gradient;

import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Products of matrices. */
final class Products {

    private Products() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("MatMul", call -> call.output(torch.matmul(call.input(0), call.input(1))));
        kernels.put("Gemm", Products::gemm);
    }

    /** alpha · A' B' + beta · C. */
    private static void gemm(Call call) {
        Tensor a =
                call.integer("transA", 0) == 0 ? call.input(0) : call.input(0).t();
        Tensor b =
                call.integer("transB", 0) == 0 ? call.input(1) : call.input(1).t();
        Tensor product = torch.matmul(a, b);
        double alpha = call.real("alpha", 1);
        if (alpha != 1) {
            product = product.mul(new Scalar(alpha));
        }
        if (call.has(2)) {
            double beta = call.real("beta", 1);
            Tensor c = call.input(2);
            product = product.add(beta == 1 ? c : c.mul(new Scalar(beta)));
        }
        call.output(product);
    }
}
