package dev.narrows.wire;

/**
 * Messages to and from HTTP bodies. Reading is strict: unknown keys, wrong types, sizes that do not add up, numbers out
 * of range and bytes left over are refused with a MalformedException or InvalidException, before anything is allocated
 * that the body did not pay for.
 */
public final class RestCodec {

    private RestCodec() {}

    /** A request with its tensors in the binary part, asking for binary outputs. */
    public static RestBody write(InferRequest request) {
        throw new UnsupportedOperationException();
    }

    /**
     * A request from a body.
     *
     * @param jsonBytes the JSON part's length, or -1 if the header is absent (all of the body is JSON)
     */
    public static ReadRequest readRequest(String model, String version, byte[] body, int jsonBytes) {
        throw new UnsupportedOperationException();
    }

    /** A request, and whether its sender wants the outputs' data in the binary part. */
    public record ReadRequest(InferRequest request, boolean binaryOutputs) {}

    public static RestBody write(InferResponse response, boolean binary) {
        throw new UnsupportedOperationException();
    }

    public static InferResponse readResponse(byte[] body, int jsonBytes) {
        throw new UnsupportedOperationException();
    }

    public static byte[] write(ServerMetadata metadata) {
        throw new UnsupportedOperationException();
    }

    public static ServerMetadata readServerMetadata(byte[] body) {
        throw new UnsupportedOperationException();
    }

    public static byte[] write(ModelMetadata metadata) {
        throw new UnsupportedOperationException();
    }

    public static ModelMetadata readModelMetadata(byte[] body) {
        throw new UnsupportedOperationException();
    }

    /** {@code {"error": message}}. */
    public static byte[] writeError(String message) {
        throw new UnsupportedOperationException();
    }

    /** The message of an error body, or the body as text if it is not one. */
    public static String readError(byte[] body) {
        throw new UnsupportedOperationException();
    }
}
