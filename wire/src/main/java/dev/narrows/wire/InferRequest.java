package dev.narrows.wire;

import dev.narrows.errors.InvalidException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A ModelInferRequest of the Open Inference Protocol.
 *
 * @param model the model's (a bundle's) name
 * @param version the model's version; empty is any
 * @param id an identifier that the response repeats; empty is none
 * @param parameters of the request
 * @param inputs the input tensors, or the tensors of the cut that the request enters at
 * @param outputs the names of the outputs wanted; empty is all
 */
public record InferRequest(
        String model, String version, String id, Parameters parameters, List<WireTensor> inputs, List<String> outputs) {

    public InferRequest {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        WireTensor.requireNames(inputs);
        Set<String> wanted = new HashSet<>();
        for (String output : outputs) {
            if (!wanted.add(output)) {
                throw new InvalidException("output: \"" + Shown.of(output) + "\" twice (expected: once)");
            }
        }
    }

    public InferRequest withParameters(Parameters other) {
        return new InferRequest(model, version, id, other, inputs, outputs);
    }
}
