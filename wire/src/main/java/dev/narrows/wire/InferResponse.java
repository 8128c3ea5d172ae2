package dev.narrows.wire;

import java.util.List;

/**
 * A ModelInferResponse of the Open Inference Protocol.
 *
 * @param model the model that answered
 * @param version its version; empty if it has none
 * @param id the request's identifier; empty is none
 * @param parameters of the response
 * @param outputs the output tensors
 */
public record InferResponse(String model, String version, String id, Parameters parameters, List<WireTensor> outputs) {

    public InferResponse {
        outputs = List.copyOf(outputs);
        WireTensor.requireNames(outputs);
    }

    public InferResponse withParameters(Parameters other) {
        return new InferResponse(model, version, id, other, outputs);
    }
}
