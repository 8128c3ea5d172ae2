package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.wire.weights.WeightLayout;
import dev.narrows.wire.weights.WeightsCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.zip.CRC32;

/**
 * A network as it is downloaded: the graph without its large tensors, and those coded one by one ({@link WeightsCode}). It is
 * the network without loss: {@link NetworkExpansion} gives the same ONNX file, byte by byte, that {@link OnnxWriter} makes
 * of the original. docs/compressed.md gives every byte.
 */
public final class CompressedNetwork {

    static final byte[] MAGIC = {'N', 'R', 'Z', 1};

    /** The external file that the graph says its tensors are in. */
    static final String LOCATION = "weights";

    /** Smaller tensors stay in the graph: naming them takes as much. */
    private static final int LEAST_BYTES = 128;

    private static final int HEADER_BYTES = 4 + 4 + 32 + 4 + 4;

    /**
     * A tensor's part.
     *
     * @param tensor that was coded
     * @param kind of its code
     * @param codeBytes that it takes
     * @param nonZeros elements that are not 0
     * @param values how many different ones it has; empty if more than 256
     */
    public record Part(ConstantTensor tensor, WeightsCode.Kind kind, int codeBytes, long nonZeros, OptionalInt values) {

        static Part of(ConstantTensor tensor, byte[] code) {
            return new Part(
                    tensor,
                    WeightsCode.kind(code),
                    code.length,
                    Footprint.nonZeros(tensor),
                    WeightsCode.values(layout(tensor), tensor.data()));
        }

        /** Bits that a weight takes in the code. */
        public double bitsPerWeight() {
            return (double) Byte.SIZE * codeBytes / tensor.elements();
        }
    }

    private final byte[] bytes;
    private final long onnxBytes;
    private final long deflatedBytes;
    private final List<Part> parts;

    private CompressedNetwork(byte[] bytes, long onnxBytes, long deflatedBytes, List<Part> parts) {
        this.bytes = bytes;
        this.onnxBytes = onnxBytes;
        this.deflatedBytes = deflatedBytes;
        this.parts = List.copyOf(parts);
    }

    /**
     * Codes a network.
     *
     * @param done is called after each tensor, of {@link #coded}
     * @throws InvalidException if the network breaks ONNX's rules
     * @throws dev.narrows.errors.UnsupportedException if it takes more than 2 GiB
     */
    public static CompressedNetwork of(Network network, Runnable done) {
        ByteBuffer onnx = OnnxWriter.write(network);
        Map<String, OnnxWriter.Place> places = new LinkedHashMap<>();
        List<Part> parts = new ArrayList<>();
        ByteArrayOutputStream codes = new ByteArrayOutputStream();
        for (ConstantTensor tensor : coded(network)) {
            byte[] code = WeightsCode.encode(layout(tensor), tensor.data());
            places.put(
                    tensor.name(),
                    new OnnxWriter.Place(LOCATION, parts.size(), tensor.data().remaining()));
            parts.add(Part.of(tensor, code));
            integer(codes, code.length);
            codes.write(code, 0, code.length);
            done.run();
        }
        ByteBuffer graph = OnnxWriter.write(network, places);
        byte[] graphCode = WeightsCode.encode(new WeightLayout(1, 1, graph.remaining(), 1), graph);
        ByteArrayOutputStream out = new ByteArrayOutputStream(HEADER_BYTES + graphCode.length + codes.size());
        out.write(MAGIC, 0, MAGIC.length);
        integer(out, onnx.remaining());
        byte[] hash = OnnxFiles.sha256(onnx);
        out.write(hash, 0, hash.length);
        integer(out, graph.remaining());
        integer(out, crc32(graph));
        integer(out, graphCode.length);
        out.write(graphCode, 0, graphCode.length);
        byte[] all = codes.toByteArray();
        out.write(all, 0, all.length);
        return new CompressedNetwork(out.toByteArray(), onnx.remaining(), Footprint.deflated(onnx), parts);
    }

    /** The tensors that are coded by themselves, in the file's order. */
    public static List<ConstantTensor> coded(Network network) {
        return network.initializers().values().stream()
                .filter(tensor ->
                        tensor.type() != ElementType.STRING && tensor.data().remaining() >= LEAST_BYTES)
                .toList();
    }

    private static WeightLayout layout(ConstantTensor tensor) {
        int bits = tensor.type().bits();
        return bits % Byte.SIZE == 0 && bits <= Long.SIZE
                ? WeightLayout.of(bits / Byte.SIZE, tensor.dims())
                : new WeightLayout(1, 1, tensor.data().remaining(), 1);
    }

    static int crc32(ByteBuffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    private static void integer(ByteArrayOutputStream out, int value) {
        byte[] four = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
        out.write(four, 0, four.length);
    }

    /** The file's bytes, a copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    /** Bytes of the network's ONNX file. */
    public long onnxBytes() {
        return onnxBytes;
    }

    /** Bytes of that file behind deflate: what {@link Footprint} calls the download. */
    public long deflatedBytes() {
        return deflatedBytes;
    }

    /** The tensors that are coded by themselves, in the file's order. */
    public List<Part> parts() {
        return parts;
    }
}
