package dev.narrows.cloud;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.ModelMetadata;
import dev.narrows.wire.ServerMetadata;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the protocol's calls do, the same for both transports. */
final class Endpoints {

    private static final Logger LOGGER = LoggerFactory.getLogger(Endpoints.class);

    private final Models models;
    private final Inference inference;
    private final Runs runs;

    private volatile boolean ready;
    private volatile boolean draining;

    Endpoints(Models models, Inference inference, Runs runs) {
        this.models = models;
        this.inference = inference;
        this.runs = runs;
    }

    /** Whether requests should be sent here: warmed up, some model ready, not draining. */
    boolean ready() {
        return ready && !draining && models.anyReady();
    }

    void becomeReady() {
        ready = true;
    }

    /** Not ready from now on, and new requests to infer are refused; what runs or waits is finished. */
    void drain() {
        draining = true;
    }

    ServerMetadata metadata() {
        String version = Endpoints.class.getPackage().getImplementationVersion();
        return new ServerMetadata(
                "narrows", version == null ? "" : version, List.of("binary_tensor_data", "narrows_cut"));
    }

    ModelMetadata metadata(String model, String version) {
        return models.get(model, version).metadata(model);
    }

    /** Why a model is not ready; empty if it is. */
    Optional<String> notReady(String model, String version) {
        try {
            models.get(model, version);
            return draining ? Optional.of("server: draining") : Optional.empty();
        } catch (UnavailableException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    Arrival arrival(ServiceRequestContext context) {
        long start = context.log()
                .ensureAvailable(com.linecorp.armeria.common.logging.RequestLogProperty.REQUEST_START_TIME)
                .requestStartTimeNanos();
        return new Arrival(start, System::nanoTime, context::isCancelled);
    }

    /** Does {@code work} on one of the threads for runs. */
    <T> CompletableFuture<T> work(Supplier<T> work) {
        return draining
                ? CompletableFuture.failedFuture(new UnavailableException("server: draining (expected: ready)"))
                : runs.submit(work);
    }

    InferResponse infer(InferRequest request, Arrival arrival) {
        try {
            return inference.infer(request, arrival);
        } catch (RuntimeException | Error e) {
            if (Fault.of(e) == Fault.EXECUTION) {
                LOGGER.error("{}: a run failed", request.model(), e);
            }
            throw e;
        }
    }
}
