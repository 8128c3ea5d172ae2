package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Weights of a few levels, and the nodes that bring them back: as UINT4 or UINT2 where the opset's Cast takes those, else as
 * bytes of two or four levels that a table spells out.
 */
final class BlockWeights {

    private static final long FIRST_UINT4_OPSET = 21;
    private static final long FIRST_UINT2_OPSET = 25;
    private static final long UINT4_IR_VERSION = 10;
    private static final long UINT2_IR_VERSION = 13;
    private static final long FIRST_SLICE_BY_INPUTS = 10;

    private BlockWeights() {}

    private static boolean hasType(BlockOptions options, long opset) {
        return opset >= (options.bits() == 4 ? FIRST_UINT4_OPSET : FIRST_UINT2_OPSET);
    }

    /** The IR version that a network needs for what {@link #restored} makes. */
    static long irVersion(BlockOptions options, Network network) {
        long own = options.bits() == 4 ? UINT4_IR_VERSION : UINT2_IR_VERSION;
        return hasType(options, network.opset()) ? Math.max(own, network.irVersion()) : network.irVersion();
    }

    static String restored(BlockCodes codes, WeightMatrix matrix, NodeChain made) {
        BlockOptions options = codes.options();
        String levels = levels(codes, made);
        List<Long> perGroup = List.of((long) codes.rows(), (long) codes.groups(), 1L);
        String zeros = options.symmetric()
                ? made.hold("zero", List.of(), options.middle())
                : made.cast(
                        made.hold("zeros", ElementType.UINT8, perGroup, ByteBuffer.wrap(codes.zeros())),
                        "wide_zeros",
                        ElementType.FLOAT);
        String centred = made.make("Sub", "centred", Map.of(), levels, zeros);
        String scaled = made.make("Mul", "scaled", Map.of(), centred, scales(codes, perGroup, made));
        int padded = codes.groups() * codes.group();
        String rows = scaled;
        if (padded > matrix.columns()) {
            String whole = made.reshape(scaled, "padded", List.of((long) codes.rows(), (long) padded));
            rows = firstColumns(whole, matrix.columns(), made);
        }
        if (!matrix.transposed()) {
            return made.reshape(rows, "float32", matrix.tensor().dims());
        }
        String transposed = made.reshape(rows, "transposed", List.of((long) matrix.rows(), (long) matrix.columns()));
        return made.make("Transpose", "float32", Map.of("perm", new Attribute.Ints(List.of(1L, 0L))), transposed);
    }

    /** Levels in float32, (rows, groups, group). */
    private static String levels(BlockCodes codes, NodeChain made) {
        BlockOptions options = codes.options();
        List<Long> dims = List.of((long) codes.rows(), (long) codes.groups(), (long) codes.group());
        if (hasType(options, made.opset())) {
            ElementType type = options.bits() == 4 ? ElementType.UINT4 : ElementType.UINT2;
            return made.cast(made.hold("levels", type, dims, codes.packedLevels()), "wide", ElementType.FLOAT);
        }
        int each = 8 / options.bits(); // levels of a byte
        float[] table = new float[256 * each];
        for (int i = 0; i < table.length; i++) {
            table[i] = ((i / each) >> (i % each * options.bits())) & options.highest();
        }
        List<Long> bytes = List.of((long) codes.levels().length / each);
        String looked = made.lookUp(made.hold("levels", ElementType.UINT8, bytes, codes.packedLevels()), each, table);
        return made.reshape(looked, "wide", dims);
    }

    /** Scales in float32, held in FLOAT16 where that loses nothing. */
    static String scales(BlockCodes codes, List<Long> dims, NodeChain made) {
        if (!codes.halfScales()) {
            return made.hold("scale", dims, codes.scales());
        }
        String held =
                made.hold("scale", ElementType.FLOAT16, dims, NarrowWeights.bytes(ElementType.FLOAT16, codes.scales()));
        return made.cast(held, "wide_scale", ElementType.FLOAT);
    }

    private static String firstColumns(String value, int count, NodeChain made) {
        if (made.opset() < FIRST_SLICE_BY_INPUTS) {
            Map<String, Attribute> attributes = Map.of(
                    "starts", new Attribute.Ints(List.of(0L)),
                    "ends", new Attribute.Ints(List.of((long) count)),
                    "axes", new Attribute.Ints(List.of(1L)));
            return made.make("Slice", "rows", attributes, value);
        }
        List<String> inputs = new ArrayList<>(List.of(value));
        inputs.add(made.hold("from", List.of(0L)));
        inputs.add(made.hold("to", List.of((long) count)));
        inputs.add(made.hold("axis", List.of(1L)));
        return made.make("Slice", "rows", Map.of(), inputs.toArray(String[]::new));
    }
}
