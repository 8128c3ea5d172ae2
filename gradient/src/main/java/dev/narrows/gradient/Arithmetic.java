package dev.narrows.gradient;

import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Element by element: sums and products, powers, comparisons, logic, rounding. All broadcast as NumPy does. */
final class Arithmetic {

    private Arithmetic() {}

    static void addTo(Map<String, Kernel> kernels) {
        two(kernels, "Add", (a, b) -> a.add(b));
        two(kernels, "Sub", (a, b) -> a.sub(b));
        two(kernels, "Mul", (a, b) -> a.mul(b));
        two(kernels, "Div", Arithmetic::divide);
        two(kernels, "Pow", (a, b) -> a.pow(b).to(a.scalar_type()));
        kernels.put(
                "Mod",
                call -> call.output(
                        call.integer("fmod", 0) == 1
                                ? torch.fmod(call.input(0), call.input(1))
                                : torch.remainder(call.input(0), call.input(1))));
        two(kernels, "Equal", (a, b) -> a.eq(b));
        two(kernels, "Greater", (a, b) -> a.gt(b));
        two(kernels, "GreaterOrEqual", (a, b) -> a.ge(b));
        two(kernels, "Less", (a, b) -> a.lt(b));
        two(kernels, "LessOrEqual", (a, b) -> a.le(b));
        two(kernels, "And", (a, b) -> torch.logical_and(a, b));
        two(kernels, "Or", (a, b) -> torch.logical_or(a, b));
        two(kernels, "Xor", (a, b) -> torch.logical_xor(a, b));
        many(kernels, "Sum", (a, b) -> a.add(b));
        many(kernels, "Max", (a, b) -> torch.maximum(a, b));
        many(kernels, "Min", (a, b) -> torch.minimum(a, b));
        kernels.put("Mean", call -> {
            Tensor sum = folded(call, (a, b) -> a.add(b));
            call.output(sum.div(new Scalar((double) call.inputs())));
        });
        one(kernels, "Abs", x -> x.abs());
        one(kernels, "Neg", x -> x.neg());
        one(kernels, "Sqrt", x -> x.sqrt());
        one(kernels, "Exp", x -> x.exp());
        one(kernels, "Log", x -> x.log());
        one(kernels, "Reciprocal", x -> x.reciprocal());
        one(kernels, "Floor", x -> x.floor());
        one(kernels, "Ceil", x -> x.ceil());
        one(kernels, "Round", x -> x.round()); // halves to even, as ONNX has it
        one(kernels, "Sign", x -> x.sign());
        one(kernels, "Erf", x -> x.erf());
        one(kernels, "Not", x -> torch.logical_not(x));
        one(kernels, "IsNaN", x -> x.isnan());
        one(kernels, "Sin", x -> x.sin());
        one(kernels, "Cos", x -> x.cos());
        one(kernels, "Tan", x -> x.tan());
        one(kernels, "Asin", x -> x.asin());
        one(kernels, "Acos", x -> x.acos());
        one(kernels, "Atan", x -> x.atan());
        one(kernels, "Sinh", x -> x.sinh());
        one(kernels, "Cosh", x -> x.cosh());
        one(kernels, "Asinh", x -> x.asinh());
        one(kernels, "Acosh", x -> x.acosh());
        one(kernels, "Atanh", x -> x.atanh());
        kernels.put("Where", call -> call.output(torch.where(call.input(0), call.input(1), call.input(2))));
    }

    private static Tensor divide(Tensor a, Tensor b) {
        if (a.is_floating_point()) {
            return a.div(b);
        }
        try (BytePointer rounding = new BytePointer("trunc")) {
            return a.div(b, new StringViewOptional(rounding));
        }
    }

    private static void one(Map<String, Kernel> kernels, String name, UnaryOperator<Tensor> function) {
        kernels.put(name, call -> call.output(function.apply(call.input(0))));
    }

    private static void two(Map<String, Kernel> kernels, String name, BinaryOperator<Tensor> function) {
        kernels.put(name, call -> call.output(function.apply(call.input(0), call.input(1))));
    }

    private static void many(Map<String, Kernel> kernels, String name, BinaryOperator<Tensor> function) {
        kernels.put(name, call -> call.output(folded(call, function)));
    }

    private static Tensor folded(Call call, BinaryOperator<Tensor> function) {
        Tensor result = call.input(0);
        for (int i = 1; i < call.inputs(); i++) {
            result = function.apply(result, call.input(i));
        }
        return result;
    }
}
