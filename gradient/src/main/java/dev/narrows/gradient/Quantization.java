package dev.narrows.gradient;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Quantising and back, with straight-through gradients (Bengio et al. 2013): rounding passes the gradient as it is,
 * saturation stops it. A scale that is computed gets the gradient of Esser et al. (2020), which follows.
 *
 * <p>A quantised tensor is of integers, and libtorch's integers carry no gradient. So a kernel here gives two tensors for
 * one output: the integers, which all other operators and the caller see, and a {@linkplain Call#carrier carrier}, float
 * with the same values and the gradient, which only operators that undo the quantising or move elements ask for. Rather
 * than floats under an integer name, so that no operator computes with another type than the network's file says.
 */
final class Quantization {

    /** Beyond any integer of 32 bits: keeps infinities out of the rounding. */
    private static final double FAR = 4e9;

    /** The largest integer of 32 bits that is a float32. */
    private static final double MOST = 0x1.fffffep30;

    private Quantization() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("QuantizeLinear", Quantization::quantize);
        kernels.put("DequantizeLinear", Quantization::dequantize);
        kernels.put("DynamicQuantizeLinear", Quantization::dynamicQuantize);
        kernels.put("MatMulInteger", Quantization::matMul);
        kernels.put("ConvInteger", Quantization::conv);
    }

    private static void quantize(Call call) {
        Tensor scale = call.input(1);
        Tensor x = call.input(0);
        Tensor real = x.is_floating_point() ? x : x.to(scale.scalar_type());
        ScalarType type = call.has(2) ? call.input(2).scalar_type().intern() : outputType(call);
        Tensor ratio = real.div(along(call, x, scale));
        Tensor zero = call.has(2)
                ? along(call, x, call.input(2)).to(real.scalar_type())
                : torch.zeros(new long[0], new TensorOptions(real.scalar_type()));
        call.output(saturated(call, rounded(ratio).add(zero), type), type);
    }

    private static void dequantize(Call call) {
        Tensor x = call.input(0);
        Tensor scale = along(call, x, call.input(1));
        Tensor value = call.carrier(0).orElseGet(() -> x.to(ScalarType.Int));
        Tensor centred = call.has(2) ? value.sub(along(call, x, call.input(2)).to(value.scalar_type())) : value;
        call.output(centred.to(scale.scalar_type()).mul(scale));
    }

    /** To uint8, by the tensor's own range, widened to 0. */
    private static void dynamicQuantize(Call call) {
        Tensor x = call.input(0);
        Tensor low = torch.clamp_max(x.amin(), new Scalar(0.0));
        Tensor high = torch.clamp_min(x.amax(), new Scalar(0.0));
        Tensor span = high.sub(low).div(new Scalar(255.0));
        Tensor scale = torch.where(span.eq(new Scalar(0.0)), torch.ones_like(span), span);
        Tensor zero = between(low.neg().div(scale), 0, 255).round().detach();
        call.output(saturated(call, rounded(x.div(scale)).add(zero), ScalarType.Byte), ScalarType.Byte);
        call.output(scale);
        call.output(zero.to(ScalarType.Byte));
    }

    private static void matMul(Call call) {
        Tensor a = centred(call, 0, 2, -1);
        Tensor b = centred(call, 1, 3, -1);
        call.output(torch.matmul(a, b), ScalarType.Int);
    }

    private static void conv(Call call) {
        Tensor x = centred(call, 0, 2, -1);
        Tensor weight = centred(call, 1, 3, 0);
        call.output(Convolutions.conv(call, x, weight, new TensorOptional()), ScalarType.Int);
    }

    /** An integer operand less its zero point, in float64, whose products of 8 bits sum up exactly. */
    private static Tensor centred(Call call, int input, int zeroPoint, int axis) {
        Tensor value = call.carrier(input).orElse(call.input(input)).to(ScalarType.Double);
        if (!call.has(zeroPoint)) {
            return value;
        }
        Tensor zero = call.input(zeroPoint).to(ScalarType.Double);
        if (zero.numel() == 1) {
            return value.sub(zero.reshape(new long[0]));
        }
        if (zero.dim() != 1) {
            return value.sub(zero); // has the operand's axes already
        }
        if (axis == 0) {
            return value.sub(spread(zero, value, 0));
        }
        // Of a matrix product: one for each row of the left operand, or for each column of the right.
        return value.sub(spread(zero, value, (int) value.dim() - (input == 0 ? 2 : 1)));
    }

    /** Rounds halves to even; the gradient passes. */
    private static Tensor rounded(Tensor ratio) {
        Tensor finite = between(ratio, -FAR, FAR);
        return finite.add(finite.round().sub(finite).detach()); // exact: the two differ by at most a half
    }

    private static Tensor saturated(Call call, Tensor value, ScalarType type) {
        return switch (type) {
            case Byte -> between(value, 0, 255);
            case Char -> between(value, -128, 127);
            case Short -> between(value, -32768, 32767);
            case Int -> between(value, Integer.MIN_VALUE, MOST); // ONNX knows it behind DequantizeLinear only: biases
            default -> throw call.unsupported("quantised type: " + type + " (expected: uint8, int8, int16 or int32)");
        };
    }

    private static Tensor between(Tensor value, double low, double high) {
        return torch.clamp(value, new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high)));
    }

    /** The type that opset 21 names where no zero point does, by ONNX's number. */
    private static ScalarType outputType(Call call) {
        long type = call.integer("output_dtype", 0);
        if (type == 0 || type == 2) {
            return ScalarType.Byte;
        }
        if (type == 3) {
            return ScalarType.Char;
        }
        if (type == 5) {
            return ScalarType.Short;
        }
        throw call.unsupported("output_dtype: " + type + " (expected: 2 (uint8), 3 (int8) or 5 (int16))");
    }

    /** A scale or zero point, shaped to broadcast: of the whole tensor, or one for each index of the node's axis. */
    private static Tensor along(Call call, Tensor x, Tensor value) {
        if (call.integer("block_size", 0) != 0 || value.dim() > 1) {
            throw call.unsupported(
                    "scale: by block, " + Arrays.toString(value.shape()) + " (expected: of the tensor or by axis)");
        }
        return value.numel() == 1
                ? value.reshape(new long[0])
                : spread(value, x, call.axis(x, call.integer("axis", 1)));
    }

    private static Tensor spread(Tensor value, Tensor like, int axis) {
        long[] shape = new long[(int) like.dim()];
        Arrays.fill(shape, 1);
        shape[axis] = value.numel();
        return value.reshape(shape);
    }
}
