package dev.narrows.graph;

import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A float16 network as the float32 network that ONNX Runtime's CPU provider makes of it, or nearly.
 *
 * <p>The provider has few float16 kernels: it computes in float32 and, with optimisations on, drops the casts between
 * operators, so that inner values are never rounded to float16. A cut would round them, and the chain would differ from
 * the whole network by float16's precision (2⁻¹¹ of a value, and more at the end). Widened first, it does not. Where the provider does keep casts (around some operators), the
 * widened network is the more exact one: SqueezeNet gives the same bits both ways, a small MatMul–Tanh–MatMul differs by 5e-4. Every
 * weight keeps its value; the file grows to twice its size.
 */
public final class Widening {

    /** Attributes that name an element type by its number. */
    private static final List<String> TYPE_ATTRIBUTES = List.of("to", "dtype");

    private Widening() {}

    /** Whether any input, output or initializer is float16. */
    public static boolean isHalf(Network network) {
        return network.initializers().values().stream().anyMatch(tensor -> tensor.type() == ElementType.FLOAT16)
                || network.inputs().stream().anyMatch(Widening::isHalf)
                || network.outputs().stream().anyMatch(Widening::isHalf);
    }

    /** The network as it is best cut: in float32 if it {@link #isHalf} and can be widened, else as it is. */
    public static Network toFloat32IfHalf(Network network) {
        boolean readable =
                network.nodes().stream().allMatch(node -> node.subgraphs().isEmpty()) && !hasFunctions(network);
        return isHalf(network) && readable ? toFloat32(network) : network;
    }

    /** Whether {@code cut} is what {@link #toFloat32IfHalf} made of {@code given}, and not the same. */
    public static boolean isWidened(Network given, Network cut) {
        return isHalf(given) && !isHalf(cut);
    }

    private static boolean hasFunctions(Network network) {
        return Residue.model(network).getFunctionsCount() > 0;
    }

    private static boolean isHalf(ValueInfo value) {
        return value.type()
                .filter(type -> type.element() == ElementType.FLOAT16)
                .isPresent();
    }

    /**
     * The network with float32 wherever it has float16: inputs, outputs, initializers, constants, casts.
     *
     * @throws UnsupportedException if a node has a subgraph, or the file local functions: their types are kept unread
     */
    public static Network toFloat32(Network network) {
        if (hasFunctions(network)) {
            throw new UnsupportedException("float16: cannot be widened inside local functions (expected: none)");
        }
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>();
        network.initializers().forEach((name, tensor) -> initializers.put(name, widen(tensor)));
        Map<String, ValueInfo> inner = new LinkedHashMap<>();
        network.valueInfos().forEach((name, value) -> inner.put(name, widen(value)));
        return new Network(
                network.name(),
                network.irVersion(),
                network.opsets(),
                network.inputs().stream().map(Widening::widen).toList(),
                network.outputs().stream().map(Widening::widen).toList(),
                network.nodes().stream().map(Widening::widen).toList(),
                initializers,
                inner,
                network.metadata(),
                network.extra());
    }

    private static ValueInfo widen(ValueInfo value) {
        if (!isHalf(value)) {
            return value;
        }
        return new ValueInfo(
                value.name(),
                value.type().map(type -> new TensorType(ElementType.FLOAT, type.shape())),
                value.doc(),
                value.encoded());
    }

    private static Node widen(Node node) {
        if (!node.subgraphs().isEmpty()) {
            throw new UnsupportedException(
                    "float16: cannot be widened inside subgraphs (expected: none), node \"" + node.label() + "\"");
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        node.attributes().forEach((name, attribute) -> attributes.put(name, widen(name, attribute)));
        return new Node(
                node.name(), node.opType(), node.domain(), node.inputs(), node.outputs(), attributes, node.extra());
    }

    private static Attribute widen(String name, Attribute attribute) {
        if (attribute instanceof Attribute.TensorValue tensor) {
            return new Attribute.TensorValue(widen(tensor.value()));
        }
        boolean half = attribute instanceof Attribute.IntValue number
                && TYPE_ATTRIBUTES.contains(name)
                && number.value() == ElementType.FLOAT16.number();
        return half ? new Attribute.IntValue(ElementType.FLOAT.number()) : attribute;
    }

    private static ConstantTensor widen(ConstantTensor tensor) {
        if (tensor.type() != ElementType.FLOAT16) {
            return tensor;
        }
        ByteBuffer halves = tensor.data();
        ByteBuffer floats = ByteBuffer.allocateDirect(Math.multiplyExact(halves.remaining(), 2))
                .order(ByteOrder.LITTLE_ENDIAN);
        while (halves.hasRemaining()) {
            floats.putFloat(toFloat(halves.getShort()));
        }
        return new ConstantTensor(
                tensor.name(), ElementType.FLOAT, tensor.dims(), floats.flip(), new ArrayList<>(), tensor.doc());
    }

    /** IEEE 754 binary16 to binary32, exact; NaN stays NaN. */
    static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f; // zero and subnormal numbers
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
