package dev.narrows.cloud;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.narrows.errors.InvalidException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Swallows a body of any allowed size and answers with {@code down} bytes that do not compress: how a device measures
 * its link.
 */
final class ProbeService implements HttpService {

    /** The most bytes that a probe answers with. */
    static final int MAX_DOWN_BYTES = 1 << 20;

    private final byte[] noise = new byte[MAX_DOWN_BYTES];

    ProbeService() {
        new Random(0).nextBytes(noise);
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        if (request.method() != HttpMethod.POST) {
            return RestService.error(HttpStatus.METHOD_NOT_ALLOWED, "method: not allowed here (expected: POST)");
        }
        int down = down(context.queryParam("down"));
        Swallow swallow = new Swallow();
        request.subscribe(swallow, context.eventLoop());
        return HttpResponse.of(swallow.end.handle((unused, failure) -> failure == null
                ? HttpResponse.of(HttpStatus.OK, MediaType.OCTET_STREAM, HttpData.wrap(noise, 0, down))
                : RestService.error(failure)));
    }

    private static int down(@org.jspecify.annotations.Nullable String parameter) {
        if (parameter == null) {
            return 0;
        }
        try {
            int down = Integer.parseInt(parameter);
            if (down >= 0 && down <= MAX_DOWN_BYTES) {
                return down;
            }
        } catch (NumberFormatException e) {
            throw new InvalidException("down: " + parameter + " (expected: 0 to " + MAX_DOWN_BYTES + ")", e);
        }
        throw new InvalidException("down: " + parameter + " (expected: 0 to " + MAX_DOWN_BYTES + ")");
    }

    /** Takes a body as it comes and keeps nothing of it. */
    private static final class Swallow implements Subscriber<HttpObject> {

        private final CompletableFuture<Void> end = new CompletableFuture<>();

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(HttpObject part) {}

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }
}
