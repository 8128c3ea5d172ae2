package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Elements picked by their indices or by a condition, and indices as tensors of their own. */
final class Gathers {

    private Gathers() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("Gather", Gathers::gather);
        kernels.put("GatherElements", Gathers::gatherElements);
        kernels.put("GatherND", Gathers::gatherNd);
        kernels.put("Compress", Gathers::compress);
        kernels.put("NonZero", Gathers::nonZero);
        kernels.put("OneHot", Gathers::oneHot);
    }

    private static void gather(Call call) {
        Tensor x = call.input(0);
        int axis = call.axis(x, call.integer("axis", 0));
        Tensor indices = fromFront(call, call.input(1), x.size(axis));
        long[] picked = indices.shape();
        long[] from = x.shape();
        long[] to = new long[from.length - 1 + picked.length]; // the indices' axes in place of the axis
        System.arraycopy(from, 0, to, 0, axis);
        System.arraycopy(picked, 0, to, axis, picked.length);
        System.arraycopy(from, axis + 1, to, axis + picked.length, from.length - axis - 1);
        call.output(x.index_select(axis, indices.reshape(-1)).reshape(to));
    }

    private static void gatherElements(Call call) {
        Tensor x = call.input(0);
        int axis = call.axis(x, call.integer("axis", 0));
        call.output(x.gather(axis, fromFront(call, call.input(1), x.size(axis))));
    }

    private static void gatherNd(Call call) {
        Tensor x = call.input(0);
        Tensor indices = call.input(1); // (batch axes..., axes..., indexed axes of x)
        int batch = (int) call.integer("batch_dims", 0);
        long[] from = x.shape();
        long[] index = indices.shape();
        int indexed = (int) index[index.length - 1];
        int slice = batch + indexed; // the first axis that is kept whole
        Tensor rows = rows(call, indices, from, batch);
        if (batch > 0) {
            long batches = Axes.product(from, 0, batch);
            Tensor offsets = torch.arange(new Scalar(batches), new TensorOptions(ScalarType.Long))
                    .mul(new Scalar(Axes.product(from, batch, slice)));
            rows = rows.reshape(batches, Axes.product(index, batch, index.length - 1))
                    .add(offsets.unsqueeze(1));
        }
        long[] to = Arrays.copyOf(index, index.length - 1 + from.length - slice);
        System.arraycopy(from, slice, to, index.length - 1, from.length - slice);
        Tensor flat = x.reshape(Axes.product(from, 0, slice), Axes.product(from, slice, from.length));
        call.output(flat.index_select(0, rows.reshape(-1)).reshape(to));
    }

    /**
     * Tuples of indices as numbers of rows, where the indexed axes are one.
     *
     * @param indices (..., indexed axes) i64
     * @param shape of the tensor; its axes from {@code first} on are indexed
     * @return (...) i64
     */
    static Tensor rows(Call call, Tensor indices, long[] shape, int first) {
        int last = (int) indices.dim() - 1;
        int indexed = (int) indices.size(last);
        if (first + indexed > shape.length) {
            throw new InvalidException("indices: of " + indexed + " axes from axis " + first + " on (expected: of "
                    + shape.length + " axes at most), " + call.place());
        }
        Tensor rows = torch.zeros(Arrays.copyOf(indices.shape(), last), new TensorOptions(ScalarType.Long));
        for (int i = 0; i < indexed; i++) {
            long length = shape[first + i];
            rows = rows.mul(new Scalar(length)).add(fromFront(call, indices.select(last, i), length));
        }
        return rows;
    }

    /** Indices of an axis counted from its front: i64. */
    static Tensor fromFront(Call call, Tensor given, long length) {
        Tensor indices = given.to(ScalarType.Long);
        if (indices.numel() > 0) {
            long least = indices.min().item_long();
            long most = indices.max().item_long();
            if (least < -length || most >= length) {
                throw new InvalidException("index: " + (least < -length ? least : most) + " (expected: of " + length
                        + " elements), " + call.place());
            }
        }
        return torch.where(indices.lt(new Scalar(0L)), indices.add(new Scalar(length)), indices);
    }

    /** Along an axis, or of all elements in a row; a condition that is too short does not pick the rest. */
    private static void compress(Call call) {
        Tensor picked = call.input(1).nonzero().reshape(-1);
        boolean flat = !call.hasAttribute("axis");
        Tensor x = flat ? call.input(0).reshape(-1) : call.input(0);
        call.output(x.index_select(flat ? 0 : call.axis(x, call.integer("axis", 0)), picked));
    }

    /** By axis the places of all elements that are not 0, in row-major order. */
    private static void nonZero(Call call) {
        Tensor x = call.input(0);
        call.output((x.dim() == 0 ? x.reshape(1) : x).nonzero().t());
    }

    /** An index outside of -depth to depth - 1 gives no "on" at all. */
    private static void oneHot(Call call) {
        Tensor indices = call.input(0).to(ScalarType.Long);
        long depth = call.longs(1)[0];
        Tensor values = call.input(2); // off, on
        int rank = (int) indices.dim() + 1;
        int axis = (int) Axes.fromFront(call, call.integer("axis", -1), rank);
        Tensor places = torch.arange(new Scalar(depth), new TensorOptions(ScalarType.Long))
                .reshape(Axes.with(Window.filled(rank, 1), axis, depth));
        Tensor counted = torch.where(indices.lt(new Scalar(0L)), indices.add(new Scalar(depth)), indices);
        call.output(torch.where(counted.unsqueeze(axis).eq(places), values.select(0, 1), values.select(0, 0)));
    }
}
