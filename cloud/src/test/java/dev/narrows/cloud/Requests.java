package dev.narrows.cloud;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Requests to the tiny network, and what is in responses. */
final class Requests {

    private Requests() {}

    /** A plain request of the protocol, at the inputs, without any parameter of ours. */
    static InferRequest plain(String model, Tensor x) {
        return new InferRequest(model, "", "id-1", Parameters.NONE, List.of(WireTensor.of("x", x)), List.of());
    }

    /** A request that enters at a cut with raw tensors. */
    static InferRequest at(String model, int cut, Tensor x) {
        List<WireTensor> inputs = new ArrayList<>();
        TinyNetwork.at(cut, x).forEach((name, tensor) -> inputs.add(WireTensor.of(name, tensor)));
        return new InferRequest(
                model,
                "",
                "id-1",
                Parameters.NONE.with(Parameters.CUT, TinyNetwork.CUT_NAMES.get(cut)),
                inputs,
                List.of());
    }

    static InferRequest with(InferRequest request, String parameter, Object value) {
        return request.withParameters(request.parameters().with(parameter, value));
    }

    static InferRequest signed(InferRequest request) {
        return Checksum.sign(request);
    }

    static Tensor output(InferResponse response, String name) {
        return Objects.requireNonNull(outputs(response).get(name), name);
    }

    static Map<String, Tensor> outputs(InferResponse response) {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (WireTensor output : response.outputs()) {
            TensorSpec spec =
                    new TensorSpec(output.name(), dev.narrows.wire.Datatype.parse(output.datatype()), output.shape());
            outputs.put(output.name(), output.toTensor(spec));
        }
        return outputs;
    }
}
