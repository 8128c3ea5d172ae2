package dev.narrows.benchmarks;

import dev.narrows.cloud.GrpcCodec;
import dev.narrows.cloud.oip.ModelInferResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Calls of ModelInfer as the bytes of an HTTP/2 connection (RFC 9113) with prior knowledge. */
final class RawGrpc {

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int STREAM = 1;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int MAX_FRAME = 16_384;

    private RawGrpc() {}

    /**
     * The connection's bytes.
     *
     * @param claimedLength what the message's prefix says of its length
     */
    static byte[] request(byte[] message, int claimedLength) {
        ByteBuffer framed = ByteBuffer.allocate(5 + message.length);
        framed.put((byte) 0).putInt(claimedLength).put(message);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
        frame(bytes, SETTINGS, 0, 0, new byte[0], 0, 0);
        byte[] headers = headers();
        frame(bytes, HEADERS, END_HEADERS, STREAM, headers, 0, headers.length);
        byte[] body = framed.array();
        for (int at = 0; at < body.length; at += MAX_FRAME) {
            int length = Math.min(MAX_FRAME, body.length - at);
            frame(bytes, DATA, at + length == body.length ? END_STREAM : 0, STREAM, body, at, length);
        }
        return bytes.toByteArray();
    }

    private static byte[] headers() {
        Http2Headers headers = new DefaultHttp2Headers()
                .method("POST")
                .scheme("http")
                .path("/inference.GRPCInferenceService/ModelInfer")
                .authority("localhost")
                .add("content-type", "application/grpc")
                .add("te", "trailers");
        ByteBuf block = Unpooled.buffer();
        try {
            new DefaultHttp2HeadersEncoder().encodeHeaders(STREAM, headers, block);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    private static void frame(
            ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload, int from, int length) {
        out.write(length >>> 16);
        out.write(length >>> 8);
        out.write(length);
        out.write(type);
        out.write(flags);
        out.writeBytes(ByteBuffer.allocate(4).putInt(stream).array());
        out.write(payload, from, length);
    }

    /** Reads frames until the call or the connection has ended. */
    static Reply reply(RawConnection connection) throws IOException {
        DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String httpStatus = "";
        while (true) {
            ByteBuffer head = ByteBuffer.wrap(connection.read(9));
            int length = ((head.getShort(0) & 0xffff) << 8) | (head.get(2) & 0xff);
            int type = head.get(3);
            int flags = head.get(4);
            byte[] payload = connection.read(length);
            switch (type) {
                case DATA -> body.writeBytes(payload);
                case HEADERS -> {
                    Http2Headers headers = headers(decoder, payload);
                    if (headers.status() != null) {
                        httpStatus = headers.status().toString();
                    }
                    CharSequence status = headers.get("grpc-status");
                    if (status != null && !status.toString().equals("0")) {
                        return Reply.error("grpc " + status, String.valueOf(headers.get("grpc-message")));
                    }
                    if (status != null) {
                        byte[] all = body.toByteArray();
                        return Reply.answer(
                                "grpc 0",
                                GrpcCodec.readResponse(
                                        ModelInferResponse.parseFrom(ByteBuffer.wrap(all, 5, all.length - 5))));
                    }
                }
                case RST_STREAM -> {
                    return Reply.error("rst_stream " + ByteBuffer.wrap(payload).getInt(), "");
                }
                case GOAWAY -> {
                    int code = ByteBuffer.wrap(payload).getInt(4);
                    if (code != 0) {
                        return Reply.error("goaway " + code, "");
                    }
                }
                default -> {
                    // settings, window updates, pings: nothing that a reply says
                }
            }
            if ((flags & END_STREAM) != 0 && (type == DATA || type == HEADERS)) {
                return Reply.error("http " + httpStatus, new String(body.toByteArray(), StandardCharsets.UTF_8));
            }
        }
    }

    private static Http2Headers headers(DefaultHttp2HeadersDecoder decoder, byte[] block) throws IOException {
        try {
            return decoder.decodeHeaders(STREAM, Unpooled.wrappedBuffer(block));
        } catch (Http2Exception e) {
            throw new IOException("headers of the reply", e);
        }
    }
}
