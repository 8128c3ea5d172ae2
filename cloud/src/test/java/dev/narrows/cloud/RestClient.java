package dev.narrows.cloud;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** A client over REST that shares nothing with the server but the codec of bodies. */
final class RestClient {

    private final HttpClient http;
    private final int port;

    RestClient(int port, HttpClient.Version version) {
        this.http = HttpClient.newBuilder().version(version).build();
        this.port = port;
    }

    /** A response's code and body. */
    @SuppressWarnings("ArrayRecordComponent") // read by its test only
    record Answer(int code, byte[] body, int jsonBytes) {

        JsonObject json() {
            return JsonParser.parseString(text()).getAsJsonObject();
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String error() {
            return RestCodec.readError(body);
        }

        InferResponse inference() {
            if (code != 200) {
                throw new AssertionError("HTTP " + code + ": " + text());
            }
            return RestCodec.readResponse(body, jsonBytes);
        }
    }

    Answer get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).GET().build());
    }

    Answer post(String path, byte[] body) {
        return send(HttpRequest.newBuilder(uri(path))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    }

    Answer post(String path, byte[] body, String jsonLength) {
        return send(HttpRequest.newBuilder(uri(path))
                .header(RestBody.JSON_LENGTH_HEADER, jsonLength)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    }

    Answer infer(InferRequest request) {
        RestBody body = RestCodec.write(request);
        String version = request.version().isEmpty() ? "" : "/versions/" + request.version();
        return post(
                "/v2/models/" + request.model() + version + "/infer", body.bytes(), Integer.toString(body.jsonBytes()));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            int jsonBytes = (int) response.headers()
                    .firstValueAsLong(RestBody.JSON_LENGTH_HEADER)
                    .orElse(-1);
            return new Answer(response.statusCode(), response.body(), jsonBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
