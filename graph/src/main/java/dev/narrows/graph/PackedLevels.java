package dev.narrows.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tensors of bytes that are several numbers each, as weights of 4 and 2 bits are held: those that a table of 256 rows
 * spells out, and those of com.microsoft's MatMulNBits.
 */
public final class PackedLevels {

    private static final long BYTES = 256;
    private static final int WEIGHTS = 1; // inputs of MatMulNBits
    private static final int ZEROS = 3;

    private PackedLevels() {}

    /** How many numbers such a tensor holds, by its name. */
    public static Map<String, Long> of(Network network) {
        Map<String, ConstantTensor> held = network.constants();
        Map<String, String> casts = new HashMap<>(); // what they make, from bytes
        Map<String, Long> numbers = new HashMap<>();
        for (Node node : network.nodes()) {
            if (node.is("Cast") && bytes(held, node.inputs().get(0)).isPresent()) {
                casts.put(node.outputs().get(0), node.inputs().get(0));
            } else if (node.is("Gather") && casts.containsKey(node.inputs().get(1))) {
                String packed = casts.getOrDefault(node.inputs().get(1), "");
                Optional<ConstantTensor> table =
                        Optional.ofNullable(held.get(node.inputs().get(0)));
                table.flatMap(PackedLevels::numbersOfAByte)
                        .ifPresent(each ->
                                bytes(held, packed).ifPresent(tensor -> numbers.put(packed, each * tensor.elements())));
            } else if (node.opType().equals("MatMulNBits") && node.domain().equals("com.microsoft")) {
                long columns = node.intAttribute("K", 0);
                long rows = node.intAttribute("N", 0);
                long group = Math.max(1, node.intAttribute("block_size", 1));
                put(numbers, held, node, WEIGHTS, rows * columns);
                put(numbers, held, node, ZEROS, rows * ((columns + group - 1) / group));
            }
        }
        return numbers;
    }

    private static void put(
            Map<String, Long> numbers, Map<String, ConstantTensor> held, Node node, int input, long count) {
        if (node.inputs().size() > input) {
            String name = node.inputs().get(input);
            bytes(held, name).ifPresent(tensor -> numbers.put(name, count));
        }
    }

    private static Optional<ConstantTensor> bytes(Map<String, ConstantTensor> held, String name) {
        return Optional.ofNullable(held.get(name)).filter(tensor -> tensor.type() == ElementType.UINT8);
    }

    /** How many numbers a row of a table for bytes has, two of 4 bits or four of 2; none if it is another table. */
    private static Optional<Long> numbersOfAByte(ConstantTensor table) {
        boolean spells = table.dims().equals(List.of(BYTES, 2L)) || table.dims().equals(List.of(BYTES, 4L));
        return spells ? Optional.of(table.dims().get(1)) : Optional.empty();
    }
}
