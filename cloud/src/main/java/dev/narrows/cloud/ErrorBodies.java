package dev.narrows.cloud;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.narrows.wire.RestCodec;
import org.jspecify.annotations.Nullable;

/** Gives the protocol's error body to what fails before or outside a service: bad HTTP, unknown paths, time-outs. */
final class ErrorBodies implements ServerErrorHandler {

    @Override
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
        return RestService.error(cause);
    }

    @Override
    public AggregatedHttpResponse onProtocolViolation(
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return body(status, description);
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return body(status, description);
    }

    private static AggregatedHttpResponse body(HttpStatus status, @Nullable String description) {
        String text = description == null ? status.reasonPhrase() : description;
        return AggregatedHttpResponse.of(
                status, MediaType.JSON, HttpData.wrap(RestCodec.writeError("request: " + text)));
    }
}
