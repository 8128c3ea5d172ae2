package dev.narrows.benchmarks;

import dev.narrows.wire.Checksum;
import dev.narrows.wire.Datatype;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The ways in which a request can be broken between its sender and the server. */
enum RequestDamage {
    BIT(Corruption.ONE_BIT),
    BITS(Corruption.SOME_BITS),
    TRUNCATED(Corruption.TRUNCATED),
    APPENDED(Corruption.APPENDED),
    RANDOM_SPAN(Corruption.RANDOM_SPAN),
    LOST_BLOCK(Corruption.LOST_BLOCK),
    NOISE(Corruption.NOISE),
    /** A run of bytes becomes the largest number there is: lengths inside the message. */
    HUGE_NUMBER,
    /** The lengths around the message: the JSON part's, the body's, the gRPC prefix. */
    HUGE_FRAME,
    /** Another shape, and a checksum that is right for it. */
    SHAPE,
    /** Damage inside an entropy code, and a checksum that is right for it. */
    CODE,
    /** Damage anywhere on the connection: request line, headers, HTTP/2 frames. */
    CONNECTION;

    private final Optional<Corruption> message;

    RequestDamage() {
        message = Optional.empty();
    }

    RequestDamage(Corruption message) {
        this.message = Optional.of(message);
    }

    /** The request before it is written, damaged where this kind does so. */
    InferRequest request(InferRequest good, Random random) {
        return switch (this) {
            case SHAPE -> first(good, tensor -> reshaped(tensor, random));
            case CODE -> first(good, tensor -> recoded(tensor, random));
            default -> good;
        };
    }

    /** Whether this kind damages the message's bytes themselves. */
    private boolean damagesBytes() {
        return this == HUGE_NUMBER || message.isPresent();
    }

    /** The message's bytes, damaged where this kind does so, and then never the same. */
    byte[] message(byte[] good, Random random) {
        byte[] bytes = once(good, random);
        while (damagesBytes() && Arrays.equals(bytes, good)) {
            bytes = once(good, random);
        }
        return bytes;
    }

    private byte[] once(byte[] good, Random random) {
        if (this == HUGE_NUMBER) {
            byte[] bytes = good.clone();
            int at = random.nextInt(bytes.length);
            int length = List.of(1, 4, 5, 8, 10).get(random.nextInt(5));
            Arrays.fill(
                    bytes, at, Math.min(bytes.length, at + length), random.nextBoolean() ? (byte) 0xff : (byte) '9');
            return bytes;
        }
        return message.map(corruption -> corruption.of(good, random)).orElse(good);
    }

    /** A length around the message, damaged where this kind does so. */
    String length(long good, Random random) {
        if (this != HUGE_FRAME) {
            return Long.toString(good);
        }
        return List.of("2147483647", "4294967295", "-1", "9223372036854775807", "99999999999999999999", "1073741824")
                .get(random.nextInt(6));
    }

    /** A gRPC prefix's length, damaged where this kind does so. */
    int prefix(int good, Random random) {
        return this == HUGE_FRAME ? random.nextInt() | 1 << 27 : good;
    }

    /** The connection's bytes, damaged where this kind does so. */
    byte[] connection(byte[] good, Random random) {
        if (this != CONNECTION) {
            return good;
        }
        byte[] bytes = good.clone();
        int head = Math.min(bytes.length, 250); // most of it before the message: that has its own kinds
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            bytes[random.nextInt(head)] ^= (byte) (1 << random.nextInt(8));
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    private interface TensorDamage {
        WireTensor of(WireTensor tensor);
    }

    private static InferRequest first(InferRequest good, TensorDamage damage) {
        List<WireTensor> inputs = new ArrayList<>(good.inputs());
        inputs.set(0, damage.of(inputs.get(0)));
        return Checksum.sign(new InferRequest(
                good.model(),
                good.version(),
                good.id(),
                good.parameters().without(Parameters.CHECKSUM),
                inputs,
                good.outputs()));
    }

    private static WireTensor reshaped(WireTensor tensor, Random random) {
        List<Long> shape = new ArrayList<>(tensor.shape());
        int axis = random.nextInt(shape.size());
        switch (random.nextInt(4)) {
            case 0 -> shape.set(axis, shape.get(axis) + 1 + random.nextInt(1 << 20));
            case 1 -> shape.set(axis, random.nextLong() >>> 1);
            case 2 -> shape.add(2L + random.nextInt(100));
            default -> shape.set(axis, 0L);
        }
        return new WireTensor(tensor.name(), tensor.datatype(), shape, tensor.parameters(), tensor.data());
    }

    private static WireTensor recoded(WireTensor tensor, Random random) {
        ByteBuffer data = tensor.data();
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        Corruption kind = List.of(Corruption.ONE_BIT, Corruption.TRUNCATED, Corruption.RANDOM_SPAN, Corruption.APPENDED)
                .get(random.nextInt(4));
        if (!tensor.datatype().equals(Datatype.BYTES)) {
            kind = Corruption.TRUNCATED; // any other bytes of a raw tensor are just another tensor
        }
        return new WireTensor(
                tensor.name(),
                tensor.datatype(),
                tensor.shape(),
                tensor.parameters(),
                ByteBuffer.wrap(kind.of(bytes, random)));
    }
}
