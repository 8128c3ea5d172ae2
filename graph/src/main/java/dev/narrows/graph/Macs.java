package dev.narrows.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Multiply-accumulates of one node; {@link Costs} says how they are counted. */
final class Macs {

    private interface Rule {

        /** Empty if a shape that it needs is unknown. */
        Optional<Long> count(Node node, KnownDims dims);
    }

    // ONNX's own operators, and com.microsoft's, of onnxruntime/docs/ContribOperators.md
    private static final Map<String, Rule> RULES = new HashMap<>();

    static {
        RULES.put("Conv", convolution(1));
        RULES.put("FusedConv", convolution(1));
        RULES.put("NhwcFusedConv", convolution(1));
        RULES.put("ConvInteger", convolution(1));
        RULES.put("DeformConv", convolution(1));
        RULES.put("QLinearConv", convolution(3));
        RULES.put("ConvTranspose", Macs::transposedConvolution);
        RULES.put("Gemm", Macs::gemm);
        RULES.put("FusedGemm", Macs::gemm);
        RULES.put("QGemm", Macs::gemm);
        RULES.put("MatMul", Macs::matMul);
        RULES.put("MatMulInteger", Macs::matMul);
        RULES.put("QLinearMatMul", Macs::matMul);
        RULES.put("MatMulIntegerToFloat", Macs::matMul);
        RULES.put("DynamicQuantizeMatMul", Macs::matMul);
        RULES.put("FusedMatMul", Macs::matMul);
        RULES.put("MatMulNBits", Macs::matMul);
        RULES.put("LSTM", recurrent(4));
        RULES.put("GRU", recurrent(3));
        RULES.put("RNN", recurrent(1));
        RULES.put("DynamicQuantizeLSTM", Macs::quantizedLstm);
        RULES.put("Einsum", Macs::einsum);
        RULES.put("Attention", Macs::attention);
    }

    private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "com.microsoft");

    private Macs() {}

    static long of(Node node, KnownDims dims) {
        Rule rule = DOMAINS.contains(node.domain()) ? RULES.get(node.opType()) : null;
        return rule == null ? 0 : rule.count(node, dims).orElse(0L);
    }

    static long product(List<Long> dims) {
        return product(dims, 0, dims.size());
    }

    private static long product(List<Long> dims, int from, int to) {
        long product = 1;
        for (int axis = from; axis < to; axis++) {
            product = Math.multiplyExact(product, dims.get(axis));
        }
        return product;
    }

    /** Weights (output channels, input channels / groups, kernel…) at input {@code weights}; any number of axes. */
    private static Rule convolution(int weights) {
        return (node, dims) -> {
            Optional<List<Long>> w = dims.input(node, weights);
            Optional<List<Long>> y = dims.output(node, 0);
            return w.isPresent() && y.isPresent()
                    ? Optional.of(product(y.get()) * product(w.get(), 1, w.get().size()))
                    : Optional.empty();
        };
    }

    /** Weights (input channels, output channels / groups, kernel…). */
    private static Optional<Long> transposedConvolution(Node node, KnownDims dims) {
        Optional<List<Long>> x = dims.input(node, 0);
        Optional<List<Long>> w = dims.input(node, 1);
        return x.isPresent() && w.isPresent()
                ? Optional.of(product(x.get()) * product(w.get(), 1, w.get().size()))
                : Optional.empty();
    }

    private static Optional<Long> gemm(Node node, KnownDims dims) {
        int inner = node.intAttribute("transA", 0) != 0 ? 0 : 1;
        return dims.input(node, 0)
                .filter(a -> a.size() == 2)
                .flatMap(a -> dims.output(node, 0).map(y -> product(y) * a.get(inner)));
    }

    /** With NumPy's broadcasting: whatever is repeated is in the output. */
    private static Optional<Long> matMul(Node node, KnownDims dims) {
        int back = node.intAttribute("transA", 0) != 0 ? 2 : 1;
        return dims.input(node, 0)
                .filter(a -> a.size() >= back)
                .flatMap(a -> dims.output(node, 0).map(y -> product(y) * a.get(a.size() - back)));
    }

    /** X (steps, batch, input), or (batch, steps, input) with layout 1; W (directions, gates × hidden, input); R with hidden. */
    private static Rule recurrent(int gates) {
        return (node, dims) -> {
            Optional<List<Long>> x = dims.input(node, 0);
            Optional<List<Long>> r = dims.input(node, 2);
            if (x.isEmpty() || r.isEmpty() || x.get().size() != 3 || r.get().size() != 3) {
                return Optional.empty();
            }
            long hidden = r.get().get(2);
            return Optional.of(recurrent(x.get(), r.get().get(0), gates, hidden));
        };
    }

    /** com.microsoft's: R is (directions, hidden, 4 × hidden). */
    private static Optional<Long> quantizedLstm(Node node, KnownDims dims) {
        Optional<List<Long>> x = dims.input(node, 0);
        Optional<List<Long>> r = dims.input(node, 2);
        if (x.isEmpty() || r.isEmpty() || x.get().size() != 3 || r.get().size() != 3) {
            return Optional.empty();
        }
        return Optional.of(recurrent(x.get(), r.get().get(0), 4, r.get().get(1)));
    }

    private static long recurrent(List<Long> x, long directions, int gates, long hidden) {
        return product(x, 0, 2) * directions * gates * hidden * (x.get(2) + hidden);
    }

    private static Optional<Long> einsum(Node node, KnownDims dims) {
        String equation = node.textAttribute("equation", "").replace(" ", "");
        String[] operands = equation.split("->", -1)[0].split(",", -1);
        if (operands.length != node.inputs().size()) {
            return Optional.empty();
        }
        Map<String, Long> lengths = new HashMap<>();
        for (int operand = 0; operand < operands.length; operand++) {
            Optional<List<Long>> shape = dims.input(node, operand);
            if (shape.isEmpty() || !label(operands[operand], shape.get(), lengths)) {
                return Optional.empty();
            }
        }
        long all = 1;
        for (long length : lengths.values()) {
            all = Math.multiplyExact(all, length);
        }
        return Optional.of(all * (operands.length - 1));
    }

    /** Notes the length of each label; the axes of an ellipsis are labelled by their place from its end. */
    private static boolean label(String term, List<Long> shape, Map<String, Long> lengths) {
        int ellipsis = term.indexOf("...");
        int letters = term.replace(".", "").length();
        int hidden = ellipsis < 0 ? 0 : shape.size() - letters;
        if (hidden < 0 || letters + hidden != shape.size()) {
            return false;
        }
        String text = term.replace("...", "");
        int before = ellipsis < 0 ? letters : ellipsis;
        for (int axis = 0; axis < shape.size(); axis++) {
            String label;
            if (axis < before) {
                label = text.substring(axis, axis + 1);
            } else if (axis < before + hidden) {
                label = "..." + (before + hidden - axis);
            } else {
                label = text.substring(axis - hidden, axis - hidden + 1);
            }
            lengths.merge(label, shape.get(axis), Math::max); // 1 is broadcast
        }
        return true;
    }

    /** ONNX's Attention (opset 23): Q, K, V (batch, heads, steps, size), or (batch, steps, heads × size) with q_num_heads. */
    private static Optional<Long> attention(Node node, KnownDims dims) {
        Optional<List<Long>> q = dims.input(node, 0);
        Optional<List<Long>> k = dims.input(node, 1);
        Optional<List<Long>> y = dims.output(node, 0);
        if (!node.is("Attention")
                || q.isEmpty()
                || k.isEmpty()
                || y.isEmpty()
                || q.get().size() != k.get().size()
                || q.get().size() < 3) {
            return Optional.empty();
        }
        long past = dims.input(node, 4).map(p -> p.get(p.size() - 2)).orElse(0L);
        long keys = k.get().get(k.get().size() - 2) + past;
        return Optional.of((product(q.get()) + product(y.get())) * keys);
    }
}
