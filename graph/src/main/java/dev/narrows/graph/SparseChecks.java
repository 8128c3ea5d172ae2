package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.SparseTensorProto;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What must hold of sparse initializers, which networks carry unread: a runtime makes dense tensors of them, so their
 * dense size is bounded and every index lies inside.
 */
final class SparseChecks {

    private SparseChecks() {}

    /** Checks them all; their names. */
    static List<String> check(Network network) {
        return network.extra().graph().isEmpty()
                ? List.of()
                : check(Residue.graph(network).getSparseInitializerList());
    }

    /** Checks them all; their names. */
    static List<String> names(Subgraph subgraph) {
        return check(Attributes.graph(subgraph).getSparseInitializerList());
    }

    private static List<String> check(List<SparseTensorProto> tensors) {
        List<String> names = new ArrayList<>(tensors.size());
        for (SparseTensorProto tensor : tensors) {
            String name = tensor.getValues().getName();
            Located.run("sparse tensor \"" + name + "\"", () -> check(tensor));
            names.add(name);
        }
        return names;
    }

    private static void check(SparseTensorProto tensor) {
        TensorDecoder decoder = new TensorDecoder(OnnxReader.ExternalData.NONE);
        ConstantTensor values = decoder.decode(tensor.getValues());
        ConstantTensor indices = decoder.decode(tensor.getIndices());
        List<Long> dims = tensor.getDimsList();
        long bytes = ConstantTensor.sizeBytes(values.type(), dims, values.name());
        if (bytes > Integer.MAX_VALUE) {
            throw new UnsupportedException("shape: " + dims + " takes " + bytes + " bytes (expected: at most 2 GiB)");
        }
        long count = values.elements();
        long rank = dims.size();
        boolean linear = indices.dims().equals(List.of(count));
        boolean coordinates = indices.dims().equals(List.of(count, rank));
        if (values.dims().size() != 1 || rank == 0 || indices.type() != ElementType.INT64 || !(linear || coordinates)) {
            throw new InvalidException("indices: " + indices.type() + indices.dims() + " for values " + values.dims()
                    + " (expected: INT64[" + count + "] or INT64[" + count + ", " + rank + "])");
        }
        long elements = ConstantTensor.elements(dims, values.name());
        ByteBuffer positions = indices.data();
        for (int i = 0; positions.hasRemaining(); i++) {
            long position = positions.getLong();
            long end = linear ? elements : dims.get(i % dims.size());
            if (position < 0 || position >= end) {
                throw new InvalidException("index: " + position + " (expected: 0 to " + (end - 1) + ")");
            }
        }
    }
}
