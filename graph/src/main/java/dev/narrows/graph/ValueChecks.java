package dev.narrows.graph;

import dev.narrows.errors.InvalidException;

/** What must hold of a value's declared type. */
final class ValueChecks {

    private ValueChecks() {}

    /** An input of a network needs a type; other values may do without. */
    static void checkInput(ValueInfo input) {
        check(input);
        boolean undefined = input.type().isPresent() && input.type().get().element() == ElementType.UNDEFINED;
        if (undefined || !ValueInfos.hasType(input)) {
            throw new InvalidException("input: no type (expected: one), value \"" + input.name() + "\"");
        }
    }

    /** Refuses shapes of more bytes than can be counted. */
    static void check(ValueInfo value) {
        value.type().flatMap(TensorType::shape).ifPresent(dims -> {
            if (dims.size() > ConstantTensor.MAX_RANK) {
                throw new InvalidException("axes: " + dims.size() + " (expected: at most " + ConstantTensor.MAX_RANK
                        + "), value \"" + value.name() + "\"");
            }
            long bytes = 16; // of the widest element
            boolean empty = dims.stream().anyMatch(dim -> dim.lengthOrMinusOne() == 0);
            for (Dim dim : dims) {
                long length = dim.lengthOrMinusOne();
                if (!empty && length > 0 && bytes > Long.MAX_VALUE / length) {
                    throw new InvalidException("shape: " + dims + " is too large, value \"" + value.name() + "\"");
                }
                bytes *= empty ? 1 : Math.max(1, length);
            }
        });
    }
}
