package dev.narrows.shrink;

import dev.narrows.errors.MalformedException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.wire.weights.WeightsCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/** Reads what {@link CompressedNetwork} wrote: its graph, which asks for its tensors one by one. */
public final class NetworkExpansion {

    private static final int HASH_BYTES = 32;

    private final byte[] file;
    private int at;

    private NetworkExpansion(byte[] file) {
        this.file = file;
    }

    /**
     * The network of a file. What is allocated is bounded by what the file says its network takes, and that by its own
     * length.
     *
     * @throws MalformedException if the bytes are no compressed network, or are damaged; it names the byte
     * @throws dev.narrows.errors.InvalidException if the graph, undamaged, breaks ONNX's rules
     * @throws dev.narrows.errors.UnsupportedException if it needs what Narrows has not
     */
    public static Network read(byte[] file) {
        return new NetworkExpansion(file).network();
    }

    private Network network() {
        byte[] magic = bytes(CompressedNetwork.MAGIC.length, "magic number");
        if (!Arrays.equals(magic, CompressedNetwork.MAGIC)) {
            HexFormat hex = HexFormat.of();
            throw new MalformedException("magic number: " + hex.formatHex(magic) + " (expected: "
                    + hex.formatHex(CompressedNetwork.MAGIC) + "), byte 0");
        }
        int onnxBytes = integer("bytes of the network");
        int hashAt = at;
        byte[] hash = bytes(HASH_BYTES, "SHA-256 of the network");
        int graphBytes = integer("bytes of the graph");
        if (graphBytes > 2L * onnxBytes) { // a tensor's place takes less than its data and again as much
            throw new MalformedException("bytes of the graph: " + graphBytes
                    + " (expected: at most twice the network's " + onnxBytes + "), byte " + (at - Integer.BYTES));
        }
        int checkAt = at;
        byte[] check = bytes(Integer.BYTES, "CRC-32 of the graph");
        ByteBuffer graph = ByteBuffer.wrap(code(graphBytes));
        if (CompressedNetwork.crc32(graph)
                != ByteBuffer.wrap(check).order(ByteOrder.LITTLE_ENDIAN).getInt()) {
            throw new MalformedException(
                    "CRC-32 of the graph: another one (expected: what its bytes give), byte " + checkAt);
        }
        Network network = OnnxReader.read(graph, new Tensors(onnxBytes));
        if (at < file.length) {
            throw new MalformedException((file.length - at) + " bytes left (expected: none), byte " + at);
        }
        ByteBuffer onnx = OnnxWriter.write(network);
        if (onnx.remaining() != onnxBytes || !Arrays.equals(OnnxFiles.sha256(onnx), hash)) {
            throw new MalformedException(
                    "SHA-256 of the network: " + HexFormat.of().formatHex(OnnxFiles.sha256(onnx))
                            + " of " + onnx.remaining() + " bytes (expected: "
                            + HexFormat.of().formatHex(hash) + " of "
                            + onnxBytes + "), byte " + hashAt);
        }
        return network;
    }

    /** The codes as the external data of the graph, in the order in which it asks for them. */
    private final class Tensors implements OnnxReader.ExternalData {

        private long left; // bytes that tensors may have
        private int read;

        Tensors(long left) {
            this.left = left;
        }

        @Override
        public ByteBuffer read(String location, long number, long length) {
            if (!location.equals(CompressedNetwork.LOCATION) || number != read) {
                throw new MalformedException("tensor: number " + number + " of \"" + location + "\" (expected: number "
                        + read + " of \"" + CompressedNetwork.LOCATION + "\"), byte " + at);
            }
            if (length > left) {
                throw new MalformedException("tensor: " + length + " bytes (expected: at most the " + left
                        + " that are left of the network), byte " + at);
            }
            left -= length;
            read++;
            return ByteBuffer.wrap(code(Math.toIntExact(length)));
        }
    }

    /** What the code that comes next decodes to. */
    private byte[] code(int length) {
        int codeBytes = integer("bytes of a code");
        int from = at;
        skip(codeBytes, "code");
        return WeightsCode.decode(file, from, at, length);
    }

    private int integer(String what) {
        int from = at;
        int value = ByteBuffer.wrap(bytes(Integer.BYTES, what))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
        if (value < 0) {
            throw new MalformedException(what + ": " + (value & 0xFFFFFFFFL) + " (expected: below 2^31), byte " + from);
        }
        return value;
    }

    private byte[] bytes(int count, String what) {
        int from = at;
        skip(count, what);
        return Arrays.copyOfRange(file, from, at);
    }

    private void skip(int count, String what) {
        if (count > file.length - at) {
            throw new MalformedException(
                    what + ": " + (file.length - at) + " bytes left (expected: " + count + "), byte " + at);
        }
        at += count;
    }
}
