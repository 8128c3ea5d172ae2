package dev.narrows.shrink;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.ElementType;
import dev.narrows.plan.Elements;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Weights as floating-point numbers of 16 or 8 bits, and the nodes that bring them back. */
final class NarrowWeights {

    /** The first opset whose Cast takes BFLOAT16. */
    static final long FIRST_BFLOAT16_OPSET = 13;

    private static final float MOST_HALF = 65_504;

    private NarrowWeights() {}

    /** Rounded to nearest, ties to even; of FLOAT16 what is beyond its largest number becomes that. */
    static String restored(WeightMatrix matrix, NodeChain made, ElementType type) {
        float[] values = matrix.tensor().floats();
        if (type == ElementType.FLOAT16) {
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.max(-MOST_HALF, Math.min(MOST_HALF, values[i])); // NaN stays
            }
        }
        String held = made.hold(
                type.toString().toLowerCase(Locale.ROOT), type, matrix.tensor().dims(), bytes(type, values));
        return made.cast(held, "float32", ElementType.FLOAT);
    }

    /** The numbers as the bytes of another type of floating-point numbers. */
    static ByteBuffer bytes(ElementType type, float... values) {
        DType narrow = Elements.dtype(type);
        ByteBuffer given = Tensor.of(values, values.length).to(narrow).bytes();
        ByteBuffer bytes = ByteBuffer.allocate(given.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        given.order(ByteOrder.nativeOrder());
        while (given.hasRemaining()) {
            bytes.putShort(given.getShort());
        }
        return bytes.flip();
    }

    /** With a scale for each row, by which its largest magnitude is the format's. */
    static String restored(WeightMatrix matrix, NodeChain made, Float8 format) {
        float[] values = matrix.tensor().floats();
        float[] scales = new float[matrix.rows()];
        for (int i = 0; i < values.length; i++) {
            int row = matrix.rowOf(i);
            scales[row] = Math.max(scales[row], Math.abs(values[i]) / format.largest());
        }
        for (int row = 0; row < scales.length; row++) {
            scales[row] = scales[row] >= Float.MIN_NORMAL ? scales[row] : 1;
        }
        byte[] codes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            codes[i] = format.encode(values[i] / scales[matrix.rowOf(i)]);
        }
        List<Long> dims = matrix.tensor().dims();
        boolean known = made.opset() >= Float8.FIRST_OPSET;
        String held = made.hold("float8", known ? format.type() : ElementType.UINT8, dims, ByteBuffer.wrap(codes));
        String wide = known ? made.cast(held, "unscaled", ElementType.FLOAT) : made.lookUp(held, 1, table(format));
        return made.make("Mul", "float32", Map.of(), wide, made.hold("scale", along(matrix), scales));
    }

    /** The lengths of a tensor that has a number for each row and is broadcast along all other axes. */
    private static List<Long> along(WeightMatrix matrix) {
        List<Long> dims = matrix.tensor().dims();
        List<Long> along = new ArrayList<>(Collections.nCopies(dims.size(), 1L));
        long left = matrix.rows();
        for (int axis = matrix.transposed() ? 1 : 0; left > 1; axis++) { // a recurrent layer's rows are two axes
            along.set(axis, dims.get(axis));
            left /= dims.get(axis);
        }
        return along;
    }

    private static float[] table(Float8 format) {
        float[] table = new float[256];
        for (int code = 0; code < table.length; code++) {
            table[code] = format.decode((byte) code);
        }
        return table;
    }
}
