package dev.narrows.cloud;

import com.google.protobuf.MessageOrBuilder;
import dev.narrows.cloud.oip.InferParameter;
import dev.narrows.cloud.oip.ModelInferRequest;
import dev.narrows.errors.InvalidException;
import java.util.Map;

/**
 * Protobuf keeps fields that it does not know and goes on without them. Here that would let a flipped bit in a field's
 * number drop the field, so such requests are refused.
 */
final class UnknownFields {

    private UnknownFields() {}

    static void refuse(ModelInferRequest message) {
        check(message, "request");
        check(message.getParametersMap(), "request");
        for (ModelInferRequest.InferInputTensor input : message.getInputsList()) {
            check(input, "input");
            check(input.getParametersMap(), "input");
            check(input.getContents(), "contents");
        }
        for (ModelInferRequest.InferRequestedOutputTensor output : message.getOutputsList()) {
            check(output, "output");
            check(output.getParametersMap(), "output");
        }
    }

    private static void check(Map<String, InferParameter> parameters, String place) {
        for (InferParameter parameter : parameters.values()) {
            check(parameter, place + " parameter");
        }
    }

    /** Refuses a message that has a field of an unknown number at its top. */
    static void check(MessageOrBuilder message, String place) {
        Map<Integer, ?> unknown = message.getUnknownFields().asMap();
        if (!unknown.isEmpty()) {
            throw new InvalidException(
                    "field: " + unknown.keySet() + " (expected: only the protocol's fields), " + place);
        }
    }
}
