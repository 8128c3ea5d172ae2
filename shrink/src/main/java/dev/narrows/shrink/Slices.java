package dev.narrows.shrink;

import dev.narrows.graph.ConstantTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Parts of tensors that a network holds. */
final class Slices {

    private Slices() {}

    /** The tensor with only some places of an axis, under a name. */
    static ConstantTensor of(ConstantTensor tensor, String name, int axis, int[] places) {
        List<Long> dims = new ArrayList<>(tensor.dims());
        int length = Math.toIntExact(dims.get(axis));
        dims.set(axis, (long) places.length);
        int outer = 1;
        for (int i = 0; i < axis; i++) {
            outer *= Math.toIntExact(dims.get(i));
        }
        ByteBuffer from = tensor.data();
        int block = outer == 0 || length == 0 ? 0 : from.remaining() / outer / length; // bytes of a place
        ByteBuffer to = ByteBuffer.allocateDirect(Math.multiplyExact(Math.multiplyExact(outer, places.length), block))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < outer; i++) {
            for (int place : places) {
                int start = (i * length + place) * block;
                to.put(from.slice(start, block));
            }
        }
        return new ConstantTensor(name, tensor.type(), dims, to.flip(), List.of(), tensor.doc());
    }

    /**
     * The tensor with the bits 0 at some places of an axis.
     *
     * @param placesByBlock the places for each of as many equal parts of axis 0, such as a convolution's groups
     */
    static ConstantTensor zeroed(ConstantTensor tensor, int axis, List<int[]> placesByBlock) {
        ByteBuffer data = ByteBuffer.allocateDirect(tensor.data().remaining()).order(ByteOrder.LITTLE_ENDIAN);
        data.put(tensor.data()).flip();
        int length = Math.toIntExact(tensor.dims().get(axis));
        int outer = 1;
        for (int i = 0; i < axis; i++) {
            outer *= Math.toIntExact(tensor.dims().get(i));
        }
        int block = outer == 0 || length == 0 ? 0 : data.remaining() / outer / length; // bytes of a place
        int parts = placesByBlock.size();
        for (int i = 0; i < outer; i++) {
            int part = axis == 0 ? 0 : (int) ((long) i * parts / outer);
            for (int place : placesByBlock.get(part)) {
                int start = (i * length + place) * block;
                for (int at = start; at < start + block; at++) {
                    data.put(at, (byte) 0);
                }
            }
        }
        return new ConstantTensor(tensor.name(), tensor.type(), tensor.dims(), data, List.of(), tensor.doc());
    }
}
