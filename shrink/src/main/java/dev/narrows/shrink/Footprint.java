package dev.narrows.shrink;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Costs;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.PackedLevels;
import dev.narrows.graph.PeakMemory;
import dev.narrows.graph.Shapes;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;

/**
 * What a network takes, by counting.
 *
 * @param nodes how many
 * @param fileBytes of its ONNX file
 * @param downloadBytes of that file behind deflate at its highest level, as zip, gzip and bundles have it
 * @param parameters elements of the tensors that it holds; of bytes with several levels each, the levels
 * @param nonZeros those of them that are not 0; all of those narrower than a byte
 * @param macs multiply-accumulates for one item
 * @param peakBytes see {@link PeakMemory}, for one item
 */
public record Footprint(
        int nodes, long fileBytes, long downloadBytes, long parameters, long nonZeros, long macs, long peakBytes) {

    private static final int BUFFER = 1 << 16;

    public static Footprint of(Network network, Shapes shapes) {
        ByteBuffer file = OnnxWriter.write(network);
        long parameters = 0;
        long nonZeros = 0;
        Map<String, Long> packed = PackedLevels.of(network);
        for (Map.Entry<String, ConstantTensor> held : network.constants().entrySet()) {
            ConstantTensor tensor = held.getValue();
            Optional<Long> levels = Optional.ofNullable(packed.get(held.getKey()));
            parameters += levels.orElseGet(tensor::elements);
            nonZeros += levels.orElseGet(() -> nonZeros(tensor));
        }
        long macs = 0;
        for (Costs.NodeCost cost : Costs.of(network, shapes)) {
            macs += cost.macs();
        }
        return new Footprint(
                network.nodes().size(),
                file.remaining(),
                deflated(file),
                parameters,
                nonZeros,
                macs,
                PeakMemory.bytes(network, shapes));
    }

    /** Elements whose bits say anything but 0; of types narrower than a byte, and of strings, all. */
    static long nonZeros(ConstantTensor tensor) {
        long elements = tensor.elements();
        if (tensor.type() == ElementType.STRING || elements == 0) {
            return elements;
        }
        ByteBuffer data = tensor.data();
        int width = Math.toIntExact(data.remaining() / elements);
        if (width == 0) {
            return elements;
        }
        boolean signed = switch (tensor.type()) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E5M2 -> true;
            default -> false;
        };
        long count = 0;
        while (data.hasRemaining()) {
            boolean zero = true;
            for (int i = 0; i < width; i++) {
                byte own = data.get();
                // little-endian: the sign is the last byte's highest bit
                zero &= own == 0 || (signed && i == width - 1 && own == Byte.MIN_VALUE);
            }
            count += zero ? 0 : 1;
        }
        return count;
    }

    /** The bytes of a file behind deflate at its highest level. */
    static long deflated(ByteBuffer file) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setInput(file.duplicate());
            deflater.finish();
            byte[] buffer = new byte[BUFFER];
            while (!deflater.finished()) {
                deflater.deflate(buffer);
            }
            return deflater.getBytesWritten();
        } finally {
            deflater.end();
        }
    }
}
