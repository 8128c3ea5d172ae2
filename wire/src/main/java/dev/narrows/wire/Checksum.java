package dev.narrows.wire;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * The CRC-32 of everything in a message that decides its meaning, as 8 hexadecimal digits: model, version, id, every
 * parameter but the checksum itself (and but those that only say how the body is laid out), every tensor's name,
 * datatype, shape, parameters and bytes, the outputs' names. The same whether the message travels as gRPC or as REST.
 *
 * <p>It guards against accidents, not against attackers. {@code docs/protocol.md} gives the bytes it runs over; every
 * text and list stands behind its length, so no two messages give the same bytes.
 */
public final class Checksum {

    /** Parameters that say how a body is laid out. */
    private static final Set<String> LAYOUT =
            Set.of(Parameters.CHECKSUM, "binary_data_output", "binary_data_size", "binary_data");

    /** With one of these a request must carry a checksum. */
    private static final List<String> GUARDED =
            List.of(Parameters.CUT, Parameters.CODEC, Parameters.BUNDLE, Parameters.DEADLINE);

    private final CRC32 crc = new CRC32();
    private final ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);

    private Checksum() {}

    public static String of(InferRequest request) {
        Checksum sum = new Checksum();
        sum.crc.update('Q');
        sum.text(request.model());
        sum.text(request.version());
        sum.text(request.id());
        sum.parameters(request.parameters());
        sum.tensors(request.inputs());
        sum.count(request.outputs().size());
        request.outputs().forEach(sum::text);
        return sum.digits();
    }

    public static String of(InferResponse response) {
        Checksum sum = new Checksum();
        sum.crc.update('R');
        sum.text(response.model());
        sum.text(response.version());
        sum.text(response.id());
        sum.parameters(response.parameters());
        sum.tensors(response.outputs());
        return sum.digits();
    }

    /** The request with its checksum among the parameters. */
    public static InferRequest sign(InferRequest request) {
        return request.withParameters(request.parameters().with(Parameters.CHECKSUM, of(request)));
    }

    /** The response with its checksum among the parameters. */
    public static InferResponse sign(InferResponse response) {
        return response.withParameters(response.parameters().with(Parameters.CHECKSUM, of(response)));
    }

    /**
     * Checks a request from outside. One without a checksum passes unless it carries a parameter of ours.
     *
     * @throws MalformedException if the checksum is wrong
     * @throws InvalidException if there must be one and there is none, or it is no text
     */
    public static void verify(InferRequest request) {
        Optional<String> claimed = request.parameters().text(Parameters.CHECKSUM);
        if (claimed.isPresent()) {
            compare(claimed.get(), of(request));
            return;
        }
        for (String name : GUARDED) {
            if (request.parameters().values().containsKey(name)) {
                throw new InvalidException("parameter \"" + Parameters.CHECKSUM
                        + "\": none (expected: the message's checksum, as it carries \"" + name + "\")");
            }
        }
    }

    /**
     * Checks a response to a request that carried a checksum.
     *
     * @throws MalformedException if the checksum is wrong or missing
     */
    public static void verify(InferResponse response) {
        Object claimed = response.parameters().values().get(Parameters.CHECKSUM);
        compare(claimed == null ? "none" : claimed.toString(), of(response));
    }

    private static void compare(String claimed, String actual) {
        if (!claimed.equals(actual)) {
            throw new MalformedException("checksum: " + Shown.of(claimed) + " (expected: " + actual
                    + " from what arrived), the message is damaged");
        }
    }

    private void count(long value) {
        number.putLong(0, value);
        crc.update(number.array(), 0, 4);
    }

    private void integer(long value) {
        number.putLong(0, value);
        crc.update(number.array(), 0, 8);
    }

    private void text(String text) {
        byte[] bytes = Utf8.encode(text);
        count(bytes.length);
        crc.update(bytes, 0, bytes.length);
    }

    private void parameters(Parameters parameters) {
        TreeMap<String, Object> meant = new TreeMap<>(parameters.values());
        meant.keySet().removeAll(LAYOUT);
        count(meant.size());
        for (Map.Entry<String, Object> entry : meant.entrySet()) {
            text(entry.getKey());
            Object value = entry.getValue();
            if (value instanceof String string) {
                crc.update('s');
                text(string);
            } else if (value instanceof Boolean flag) {
                crc.update('b');
                crc.update(flag ? 1 : 0);
            } else if (value instanceof Double real) {
                crc.update('d');
                integer(Double.doubleToLongBits(real));
            } else {
                crc.update('i');
                integer((Long) value);
            }
        }
    }

    private void tensors(List<WireTensor> tensors) {
        count(tensors.size());
        for (WireTensor tensor : tensors) {
            text(tensor.name());
            text(tensor.datatype());
            count(tensor.shape().size());
            tensor.shape().forEach(this::integer);
            parameters(tensor.parameters());
            integer(tensor.data().remaining());
            crc.update(tensor.data());
        }
    }

    private String digits() {
        String hex = Long.toHexString(crc.getValue());
        return "00000000".substring(hex.length()) + hex;
    }
}
