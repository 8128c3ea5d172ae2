package dev.narrows.cloud;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import dev.narrows.cloud.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.narrows.cloud.oip.ModelInferRequest;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.bundle.Manifest;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to a server by itself, through the whole stack: what the just-in-time compiler has not seen runs 3 to 8 times
 * slower, and nobody should be told that the server is ready before that is over.
 */
final class WarmUp {

    private static final Logger LOGGER = LoggerFactory.getLogger(WarmUp.class);

    /** Above this a model's own time, not the stack's, is what a request costs, and few requests must do. */
    private static final long MODEL_NANOS = 1_000_000_000;

    private final String authority;
    private final int requests;

    /** @param requests over each transport to each model */
    WarmUp(String host, int port, int requests) {
        String name = host.isEmpty() ? "127.0.0.1" : host;
        this.authority = (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port;
        this.requests = requests;
    }

    /** Sends items of zeros into the last segment of each model, the cheapest to run. */
    void run(Models models) {
        if (requests == 0) {
            return;
        }
        try (ClientFactory factory = ClientFactory.builder()
                .workerGroup(CommonPools.workerGroup(), false)
                .connectTimeoutMillis(5_000)
                .build()) {
            WebClient http1 =
                    WebClient.builder("h1c://" + authority).factory(factory).build();
            WebClient http2 =
                    WebClient.builder("h2c://" + authority).factory(factory).build();
            GRPCInferenceServiceBlockingStub grpc = GrpcClients.builder("gproto+h2c://" + authority)
                    .factory(factory)
                    .build(GRPCInferenceServiceBlockingStub.class);
            for (String name : models.names()) {
                InferRequest request = zeros(name, models.get(name, ""));
                RestBody body = RestCodec.write(request);
                ModelInferRequest message = GrpcCodec.write(request);
                try {
                    long start = System.nanoTime();
                    for (int i = 0; i < requests && System.nanoTime() - start < MODEL_NANOS; i++) {
                        http1.execute(rest(request, body)).aggregate().join();
                        http2.execute(rest(request, body)).aggregate().join();
                        grpc.modelInfer(message);
                    }
                } catch (RuntimeException e) {
                    LOGGER.info("{}: not warmed up: {}", name, e.getMessage());
                }
            }
        }
    }

    private static InferRequest zeros(String name, Model model) {
        Manifest.Cut entry = model.lastEntry();
        List<WireTensor> inputs = new ArrayList<>();
        for (TensorSpec spec : entry.tensors()) {
            long[] shape =
                    spec.shape().stream().mapToLong(axis -> axis < 0 ? 1 : axis).toArray();
            inputs.add(WireTensor.of(spec.name(), Tensor.zeros(spec.dtype(), shape)));
        }
        Parameters parameters = Parameters.NONE.with(Parameters.CUT, entry.name());
        return Checksum.sign(new InferRequest(name, "", "warm-up", parameters, inputs, List.of()));
    }

    private static HttpRequest rest(InferRequest request, RestBody body) {
        return HttpRequest.of(
                RequestHeaders.builder(HttpMethod.POST, "/v2/models/" + request.model() + "/infer")
                        .contentType(MediaType.OCTET_STREAM)
                        .addInt(RestBody.JSON_LENGTH_HEADER, body.jsonBytes())
                        .build(),
                HttpData.wrap(body.bytes()));
    }
}
