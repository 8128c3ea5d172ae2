package dev.narrows.benchmarks;

import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Infer requests over REST as the bytes of an HTTP/1.1 connection. */
final class RawHttp1 {

    private RawHttp1() {}

    static byte[] request(String model, String jsonBytes, String contentLength, byte[] body) {
        String head = "POST /v2/models/" + model + "/infer HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/octet-stream\r\n" + RestBody.JSON_LENGTH_HEADER + ": " + jsonBytes
                + "\r\nContent-Length: " + contentLength + "\r\nConnection: close\r\n\r\n";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    static Reply reply(RawConnection connection) throws IOException {
        String[] status = connection.line().split(" ", 3);
        Map<String, String> headers = new HashMap<>();
        for (String line = connection.line(); !line.isEmpty(); line = connection.line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        String length = headers.get("content-length");
        byte[] body = length == null ? connection.rest() : connection.read(Integer.parseInt(length));
        if (!status[1].equals("200")) {
            return Reply.error(status[1], RestCodec.readError(body));
        }
        String jsonBytes = headers.getOrDefault(RestBody.JSON_LENGTH_HEADER.toLowerCase(Locale.ROOT), "-1");
        return Reply.answer(status[1], RestCodec.readResponse(body, Integer.parseInt(jsonBytes)));
    }
}
