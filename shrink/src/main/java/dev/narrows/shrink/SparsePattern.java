package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * At most N of every M neighbours are not 0, along the axis that a layer sums over: what sparse kernels of accelerators
 * want (2:4: Mishra et al. 2021). The kernels of processors gain nothing by it.
 *
 * @param kept N, 1 or more, less than M
 * @param of M
 */
public record SparsePattern(int kept, int of) {

    public SparsePattern {
        if (kept < 1 || of <= kept) {
            throw new InvalidException("pattern: " + kept + ":" + of + " (expected: N:M with 1 ≤ N < M, as 2:4)");
        }
    }

    /** @throws InvalidException if the text is not N:M */
    public static SparsePattern parse(String text) {
        int colon = text.indexOf(':');
        try {
            return new SparsePattern(
                    Integer.parseInt(text.substring(0, Math.max(0, colon)).trim()),
                    Integer.parseInt(text.substring(colon + 1).trim()));
        } catch (NumberFormatException e) {
            throw new InvalidException("pattern: \"" + text + "\" (expected: N:M, as 2:4)", e);
        }
    }

    /**
     * The layer's weights with 0 for all but the N of largest magnitude of each M.
     *
     * @return empty if what it sums over does not divide by M
     */
    Optional<float[]> zeroed(LayerWeight layer) {
        ConstantTensor weight = layer.weight();
        int axis = axis(layer);
        int length = Math.toIntExact(weight.dims().get(axis));
        if (length % of != 0) {
            return Optional.empty();
        }
        int inner = FilterCriterion.inner(weight, axis);
        float[] values = weight.floats();
        for (int first = 0; first < values.length; first++) {
            if (first / inner % length % of == 0) {
                zero(values, first, inner);
            }
        }
        return Optional.of(values);
    }

    private void zero(float[] values, int first, int inner) {
        int[] places = IntStream.range(0, of)
                .map(i -> first + i * inner)
                .boxed()
                .sorted((a, b) -> Float.compare(Math.abs(values[a]), Math.abs(values[b])))
                .mapToInt(Integer::intValue)
                .toArray();
        Arrays.stream(places).limit(of - kept).forEach(place -> values[place] = 0);
    }

    private static int axis(LayerWeight layer) {
        boolean first = layer.node().is("MatMul")
                || layer.node().is("ConvTranspose")
                || (layer.node().is("Gemm") && layer.node().intAttribute("transB", 0) == 0);
        return first ? 0 : 1;
    }

    @Override
    public String toString() {
        return kept + ":" + of;
    }
}
