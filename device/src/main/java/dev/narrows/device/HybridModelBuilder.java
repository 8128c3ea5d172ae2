package dev.narrows.device;

import dev.narrows.engine.SessionOptions;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The options of a {@link HybridModel}. */
public final class HybridModelBuilder {

    /** The deadline of an item if none is given. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(1);
    /** The agreement that a codec needs to be chosen if none is given. */
    public static final double DEFAULT_LEAST_AGREEMENT = 0.99;

    final Path bundle;
    Duration deadline = DEFAULT_DEADLINE;
    String cut = HybridModel.AUTO;
    String codec = HybridModel.AUTO;
    double leastAgreement = DEFAULT_LEAST_AGREEMENT;
    boolean exits = true;
    SessionOptions sessionOptions = SessionOptions.DEFAULT;
    Consumer<NarrowsException> onError = error -> {};
    Optional<Supplier<Remote>> remote = Optional.empty();
    Supplier<Timeline> timeline = SystemTimeline::new;

    HybridModelBuilder(Path bundle) {
        this.bundle = bundle;
    }

    /**
     * The server that runs the later segments; without one the device answers everything. It need not be there when the
     * model opens.
     *
     * @param server {@code http://host:port} or {@code https://host:port}, with a path if the protocol is served below
     *     one
     */
    public HybridModelBuilder cloud(URI server) {
        String scheme = server.getScheme();
        if (server.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new InvalidException("cloud: " + server + " (expected: http:// or https:// and a host)");
        }
        remote = Optional.of(() -> new HttpRemote(server));
        return this;
    }

    /** The time from the call of {@code predict} to the answer; more than 0, at most a day. */
    public HybridModelBuilder deadline(Duration newDeadline) {
        if (newDeadline.isNegative() || newDeadline.isZero() || newDeadline.compareTo(Duration.ofDays(1)) > 0) {
            throw new InvalidException("deadline: " + newDeadline + " (expected: more than 0, at most a day)");
        }
        deadline = newDeadline;
        return this;
    }

    /**
     * Where items are handed over: a cut's name, {@code input} (all in the cloud), {@code output} (all on the device),
     * or {@code auto}: the fastest by what was measured.
     */
    public HybridModelBuilder cut(String name) {
        cut = name;
        return this;
    }

    /** How the cut's tensors are coded: a codec's name, or {@code auto}: the fastest of those trusted. */
    public HybridModelBuilder codec(String name) {
        codec = name;
        return this;
    }

    /**
     * The share of the bundle's verification items that a codec must have answered as the whole network did, for
     * {@code auto} to choose it; 0 to 1. It must have been measured on enough items to mean something: see
     * {@link CodecTrust}. {@code raw} may always be chosen.
     */
    public HybridModelBuilder leastAgreement(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new InvalidException("leastAgreement: " + share + " (expected: 0 to 1)");
        }
        leastAgreement = share;
        return this;
    }

    /**
     * Whether the bundle's exits are tried, as they are if nothing is said. An item that an exit answers is not sent. Then
     * {@code cut("auto")} chooses no cut before the first exit, {@code cut("output")} sends no item at all (an exit answers,
     * or the device finishes), and exits behind a named cut are tried only while nothing can be sent.
     */
    public HybridModelBuilder exits(boolean tried) {
        exits = tried;
        return this;
    }

    /** How the segments run on this device. */
    public HybridModelBuilder sessionOptions(SessionOptions options) {
        sessionOptions = options;
        return this;
    }

    /**
     * Who hears of each failed call and probe, on the thread where it happens; must return soon. Predictions go on
     * regardless.
     */
    public HybridModelBuilder onError(Consumer<NarrowsException> listener) {
        onError = listener;
        return this;
    }

    /** For tests: another way to the server. */
    HybridModelBuilder remote(Remote fake) {
        remote = Optional.of(() -> fake);
        return this;
    }

    /** For tests: another time. */
    HybridModelBuilder timeline(Timeline fake) {
        timeline = () -> fake;
        return this;
    }

    /**
     * Reads the bundle, loads all segments, warms up and, if a cloud was named, waits up to two seconds for it; if it is
     * not there by then, the model goes on trying in the background.
     *
     * @throws dev.narrows.errors.MalformedException if the bundle is damaged
     * @throws dev.narrows.errors.IncompatibleException if it has no such cut or codec
     * @throws dev.narrows.errors.UnsupportedException if the runtime cannot run it
     */
    public HybridModel open() {
        return new HybridModel(HybridRuntime.open(this));
    }
}
