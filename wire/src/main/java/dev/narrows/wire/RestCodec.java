package dev.narrows.wire;

import java.util.Map;

/**
 * Messages to and from HTTP bodies. Reading is strict: unknown keys, wrong types, sizes that do not add up, numbers out
 * of range and bytes left over are refused with a MalformedException or InvalidException, before anything is allocated
 * that the body did not pay for.
 */
public final class RestCodec {

    private RestCodec() {}

    /** A request with its tensors in the binary part, asking for binary outputs. */
    public static RestBody write(InferRequest request) {
        return MessageWriter.request(request);
    }

    /**
     * A request from a body.
     *
     * @param jsonBytes the JSON part's length, or -1 if the header is absent (all of the body is JSON)
     * @throws dev.narrows.errors.MalformedException if the body is no JSON, or its parts do not add up
     * @throws dev.narrows.errors.InvalidException if the JSON is no request, or a tensor's data does not fit its shape
     * @throws dev.narrows.errors.UnsupportedException for a datatype or extension that Narrows does not have
     */
    public static ReadRequest readRequest(String model, String version, byte[] body, int jsonBytes) {
        return MessageReader.request(model, version, body, jsonBytes);
    }

    /**
     * A request, and where its sender wants the outputs' data.
     *
     * @param binaryOutputs whether in the binary part, unless an output says otherwise
     * @param binaryByOutput the outputs that say so for themselves
     */
    public record ReadRequest(InferRequest request, boolean binaryOutputs, Map<String, Boolean> binaryByOutput) {

        public ReadRequest {
            binaryByOutput = Map.copyOf(binaryByOutput);
        }

        /** Whether the data of {@code output} goes to the binary part. */
        public boolean binary(String output) {
            return binaryByOutput.getOrDefault(output, binaryOutputs);
        }
    }

    /**
     * A response with all data in the binary part or all in the JSON.
     *
     * @throws dev.narrows.errors.UnsupportedException if JSON has no words for the data: FP16, BF16, NaN, infinities,
     *     BYTES that are no UTF-8
     */
    public static RestBody write(InferResponse response, boolean binary) {
        return MessageWriter.response(response, output -> binary);
    }

    /** A response with each output's data where the request wants it; throws as {@link #write(InferResponse, boolean)}. */
    public static RestBody write(InferResponse response, ReadRequest request) {
        return MessageWriter.response(response, request::binary);
    }

    /** A response from a body; {@code jsonBytes} and the errors as for {@link #readRequest}. */
    public static InferResponse readResponse(byte[] body, int jsonBytes) {
        return MessageReader.response(body, jsonBytes);
    }

    public static byte[] write(ServerMetadata metadata) {
        return MetadataJson.write(metadata);
    }

    public static ServerMetadata readServerMetadata(byte[] body) {
        return MetadataJson.readServer(body);
    }

    public static byte[] write(ModelMetadata metadata) {
        return MetadataJson.write(metadata);
    }

    public static ModelMetadata readModelMetadata(byte[] body) {
        return MetadataJson.readModel(body);
    }

    /** {@code {"error": message}}. */
    public static byte[] writeError(String message) {
        return MetadataJson.writeError(message);
    }

    /** The message of an error body, or the body as text if it is not one. */
    public static String readError(byte[] body) {
        return MetadataJson.readError(body);
    }
}
