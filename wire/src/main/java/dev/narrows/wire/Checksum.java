package dev.narrows.wire;

/**
 * The CRC-32 of everything in a message that decides its meaning, as 8 hexadecimal digits: model, version, id, every
 * parameter but the checksum itself (and but those that only say how the body is laid out), every tensor's name,
 * datatype, shape, parameters and bytes, the outputs' names. The same whether the message travels as gRPC or as REST.
 */
public final class Checksum {

    private Checksum() {}

    public static String of(InferRequest request) {
        throw new UnsupportedOperationException();
    }

    public static String of(InferResponse response) {
        throw new UnsupportedOperationException();
    }
}
