package dev.narrows.cloud;

import com.google.gson.JsonObject;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The protocol over REST: everything below {@code /v2}. */
final class RestService implements HttpService {

    /** Where the protocol's paths begin. */
    static final String ROOT = "/v2";

    private final Endpoints endpoints;

    RestService(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        String path = context.decodedPath().substring(ROOT.length());
        boolean get = request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
        switch (path) {
            case "", "/" -> {
                return get ? json(HttpStatus.OK, RestCodec.write(endpoints.metadata())) : wrongMethod("GET");
            }
            case "/health/live" -> {
                return get ? health("live", true) : wrongMethod("GET");
            }
            case "/health/ready" -> {
                return get ? health("ready", endpoints.ready()) : wrongMethod("GET");
            }
            default -> {
                Optional<RestPath> model = RestPath.parse(path);
                return model.isEmpty()
                        ? error(HttpStatus.NOT_FOUND, "path: " + path + " (expected: one of the protocol's)")
                        : model(context, request, model.get(), get);
            }
        }
    }

    private HttpResponse model(ServiceRequestContext context, HttpRequest request, RestPath path, boolean get) {
        if (path.action() == RestPath.Action.INFER) {
            return request.method() == HttpMethod.POST ? infer(context, request, path) : wrongMethod("POST");
        }
        if (!get) {
            return wrongMethod("GET");
        }
        try {
            if (path.action() == RestPath.Action.METADATA) {
                return json(HttpStatus.OK, RestCodec.write(endpoints.metadata(path.model(), path.version())));
            }
            Optional<String> reason = endpoints.notReady(path.model(), path.version());
            JsonObject body = new JsonObject();
            body.addProperty("name", path.model());
            body.addProperty("ready", reason.isEmpty());
            reason.ifPresent(text -> body.addProperty("error", text));
            return json(reason.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, body);
        } catch (RuntimeException e) {
            return error(e);
        }
    }

    private HttpResponse infer(ServiceRequestContext context, HttpRequest request, RestPath path) {
        Arrival arrival = endpoints.arrival(context);
        CompletableFuture<HttpResponse> response = request.aggregate()
                .thenCompose(body -> endpoints.work(() -> infer(body, path, arrival)))
                .exceptionally(RestService::error);
        return HttpResponse.of(response);
    }

    private HttpResponse infer(AggregatedHttpRequest request, RestPath path, Arrival arrival) {
        byte[] body = request.content().array();
        int jsonBytes = jsonBytes(request.headers().get(RestBody.JSON_LENGTH_HEADER), body.length);
        RestCodec.ReadRequest read = RestCodec.readRequest(path.model(), path.version(), body, jsonBytes);
        InferResponse answer = endpoints.infer(read.request(), arrival);
        RestBody written = RestCodec.write(answer, read);
        boolean binary = written.jsonBytes() < written.bytes().length;
        var headers =
                ResponseHeaders.builder(HttpStatus.OK).contentType(binary ? MediaType.OCTET_STREAM : MediaType.JSON);
        if (binary) {
            headers.addInt(RestBody.JSON_LENGTH_HEADER, written.jsonBytes());
        }
        return HttpResponse.of(headers.build(), HttpData.wrap(written.bytes()));
    }

    /** The header's value; -1 if it is absent. */
    private static int jsonBytes(@org.jspecify.annotations.Nullable String header, int bodyBytes) {
        if (header == null) {
            return -1;
        }
        try {
            int length = Integer.parseInt(header);
            if (length >= 0 && length <= bodyBytes) {
                return length;
            }
        } catch (NumberFormatException e) {
            throw new MalformedException(text(header, bodyBytes), e);
        }
        throw new MalformedException(text(header, bodyBytes));
    }

    private static String text(String header, int bodyBytes) {
        return RestBody.JSON_LENGTH_HEADER + ": " + header + " (expected: 0 to " + bodyBytes + ", the body's length)";
    }

    private static HttpResponse health(String what, boolean good) {
        JsonObject body = new JsonObject();
        body.addProperty(what, good);
        return json(good ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, body);
    }

    private static HttpResponse wrongMethod(String allowed) {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.METHOD_NOT_ALLOWED)
                        .contentType(MediaType.JSON)
                        .add(HttpHeaderNames.ALLOW, allowed)
                        .build(),
                HttpData.wrap(RestCodec.writeError("method: not allowed here (expected: " + allowed + ")")));
    }

    /** The response to a request that failed. */
    static HttpResponse error(Throwable failure) {
        return error(HttpStatus.valueOf(Fault.of(failure).httpCode()), Fault.message(failure));
    }

    static HttpResponse error(HttpStatus status, String message) {
        return json(status, RestCodec.writeError(message));
    }

    private static HttpResponse json(HttpStatus status, JsonObject body) {
        return json(status, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static HttpResponse json(HttpStatus status, byte[] body) {
        return HttpResponse.of(status, MediaType.JSON, HttpData.wrap(body));
    }
}
