package dev.narrows.cloud;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import dev.narrows.cloud.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.narrows.cloud.oip.ModelInferRequest;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.bundle.Manifest;
import io.grpc.StatusRuntimeException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to a server by itself, through the whole stack: what the just-in-time compiler has not seen runs 3 to 8 times
 * slower, and nobody should be told that the server is ready before that is over.
 */
final class WarmUp {

    private static final Logger LOGGER = LoggerFactory.getLogger(WarmUp.class);

    /** If so many requests take longer, it is the model's own time, and fewer must do. */
    private static final long MODEL_NANOS = 1_000_000_000;

    private final String authority;
    private final int requests;

    /** @param requests over each transport to the first model; the others get a tenth */
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
            int count = requests;
            for (String name : models.names()) {
                Model model = models.get(name, "");
                if (model.runsOnZeros()) {
                    send(http1, http2, grpc, zeros(name, model), count);
                    count = (requests + 9) / 10; // the stack is the same for all
                }
            }
        }
    }

    private static void send(
            WebClient http1, WebClient http2, GRPCInferenceServiceBlockingStub grpc, InferRequest request, int count) {
        RestBody body = RestCodec.write(request);
        ModelInferRequest message = GrpcCodec.write(request);
        long start = System.nanoTime();
        try {
            for (int i = 0; i < count && System.nanoTime() - start < MODEL_NANOS; i++) {
                for (WebClient rest : List.of(http1, http2)) {
                    AggregatedHttpResponse response =
                            rest.execute(rest(request, body)).aggregate().join();
                    if (response.status().code() != 200) {
                        LOGGER.info("{}: not warmed up: {}", request.model(), response.contentUtf8());
                        return;
                    }
                }
                grpc.modelInfer(message);
            }
        } catch (CompletionException | StatusRuntimeException e) {
            LOGGER.info("{}: not warmed up: {}", request.model(), e.getMessage());
        }
    }

    private static InferRequest zeros(String name, Model model) {
        Manifest.Cut entry = model.lastEntry();
        List<WireTensor> inputs = new ArrayList<>();
        model.zeros(entry).forEach((tensor, value) -> inputs.add(WireTensor.of(tensor, value)));
        Parameters parameters = Parameters.NONE.with(Parameters.CUT, entry.name());
        return Checksum.sign(new InferRequest(name, "", "warm-up", parameters, inputs, List.of()));
    }

    private static HttpRequest rest(InferRequest request, RestBody body) {
        String name = URLEncoder.encode(request.model(), StandardCharsets.UTF_8).replace("+", "%20");
        return HttpRequest.of(
                RequestHeaders.builder(HttpMethod.POST, "/v2/models/" + name + "/infer")
                        .contentType(MediaType.OCTET_STREAM)
                        .addInt(RestBody.JSON_LENGTH_HEADER, body.jsonBytes())
                        .build(),
                HttpData.wrap(body.bytes()));
    }
}
