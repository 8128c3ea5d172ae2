package dev.narrows.wire;

/**
 * The body of an HTTP message of the protocol: JSON, then with the binary tensor extension the tensors' bytes.
 *
 * @param bytes JSON in UTF-8 followed by the binary part
 * @param jsonBytes the length of the JSON part: the header {@code Inference-Header-Content-Length}; equal to
 *     {@code bytes.length} if there is no binary part
 */
@SuppressWarnings("ArrayRecordComponent") // made for one message, read by whoever sends it
public record RestBody(byte[] bytes, int jsonBytes) {

    /** The header that carries {@link #jsonBytes}. */
    public static final String JSON_LENGTH_HEADER = "Inference-Header-Content-Length";
}
