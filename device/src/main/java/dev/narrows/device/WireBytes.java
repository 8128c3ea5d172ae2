package dev.narrows.device;

import java.net.SocketException;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Headers;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Watches one call: counts what it gives to the link and gets from it (bodies, and headers as HTTP/1.1 would write them),
 * and has its connection send at once.
 */
final class WireBytes extends EventListener {

    private static final int REQUEST_LINE_BYTES = "POST  HTTP/1.1\r\n\r\n".length();
    private static final int STATUS_LINE_BYTES = "HTTP/1.1 200 OK\r\n\r\n".length();

    private final AtomicLong up = new AtomicLong();
    private final AtomicLong down = new AtomicLong();

    /** The counter that travels with {@code call}. */
    static WireBytes in(Call call) {
        WireBytes bytes = call.request().tag(WireBytes.class);
        if (bytes == null) {
            throw new IllegalStateException("a call without its counter");
        }
        return bytes;
    }

    /** As {@link #in}, in the shape of an event listener's factory. */
    static EventListener of(Call call) {
        return in(call);
    }

    long up() {
        return up.get();
    }

    long down() {
        return down.get();
    }

    /**
     * OkHttp leaves Nagle's algorithm on: behind the small frame that resets a cancelled stream the next request then
     * waits for the server's delayed acknowledgement (109 against 68 ms over a 60 ms link, benchmark HttpVersions).
     */
    @Override
    public void connectionAcquired(Call call, Connection connection) {
        try {
            connection.socket().setTcpNoDelay(true);
        } catch (SocketException e) {
            // Closed since it was acquired: the call is about to fail (or to be tried again) for that very reason, and
            // a
            // listener must not throw.
            return;
        }
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
        up.addAndGet(REQUEST_LINE_BYTES
                + request.url().encodedPath().length()
                + request.headers().byteCount());
    }

    @Override
    public void requestBodyEnd(Call call, long byteCount) {
        up.addAndGet(byteCount);
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        Headers headers = response.headers();
        down.addAndGet(STATUS_LINE_BYTES + headers.byteCount());
    }

    @Override
    public void responseBodyEnd(Call call, long byteCount) {
        down.addAndGet(byteCount);
    }
}
