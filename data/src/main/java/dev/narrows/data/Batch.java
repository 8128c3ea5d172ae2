package dev.narrows.data;

import dev.narrows.engine.Tensor;
import java.util.List;

/**
 * Some items, read and stacked.
 *
 * @param indices the items' places in the data set
 * @param values (items, …) f32; of several modalities (items, values), which {@link Kind.Several#split} parts
 * @param labels by task, in the data set's order: the class of each item
 */
@SuppressWarnings("ArrayRecordComponent") // a number an item: lists would box them; nobody compares these
public record Batch(int[] indices, Tensor values, List<int[]> labels) {

    public int size() {
        return indices.length;
    }
}
