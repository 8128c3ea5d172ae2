package dev.narrows.emulator;

import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.Link;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A link between clients and one server, emulated by a TCP proxy on loopback. Clients connect to {@link #port} where
 * they would connect to the server.
 *
 * <p>What it emulates, in each direction, for all connections together: the rate at which bytes leave (a token bucket
 * as deep as one packet, or a trace), the propagation delay (half a round trip each way), jitter with the order kept,
 * losses as the delay that mending them takes (see {@code Weather}), a queue of one bandwidth-delay product (at least 10
 * ms of bytes) before the narrow place that makes senders wait when it is full, and the round trip of the handshake:
 * bytes of a new connection start one round trip after it was accepted. The link can be cut and restored.
 *
 * <p>What it does not show: TCP over a long way. The two TCP connections are local, so there is no slow start, no
 * congestion window and no collapse of it after a loss, no timeout of the kernel's after a black-out (the bytes go on
 * at once when the link is back). {@code connect} returns at once even when the link is cut. Headers and
 * acknowledgements take no bandwidth: rates count payload. The kernel's socket buffers on loopback (64 kB and what the
 * sender's own has) come before the link's queue, as a network card's would. The random draws are seeded, but how bytes
 * are grouped into packets depends on the schedulers, so two runs with jitter or loss resemble each other and are not
 * equal. Delays are met to about 0.1 ms on an idle machine ({@code docs/results/emulator-accuracy.json}); a busy one adds
 * what its scheduler adds.
 *
 * <p>Two threads, however many connections. What the detour through them takes by itself, about 0.07 ms, is taken off the
 * link's delay. All methods may be called from any thread.
 */
public final class LinkEmulator implements AutoCloseable {

    static final int SOCKET_BUFFER_BYTES = 64 << 10;

    /** How late the scheduler usually wakes a thread: 50 µs is Linux's timer slack. Waits end earlier by as much. */
    private static final long WAKE_UP_NANOS = 50_000;
    /** What is due this soon is handled now: a wait could not end sooner. */
    private static final long SOON_NANOS = 20_000;

    /** What the way through two sockets and two threads takes by itself, as EmulatorAccuracy found it. */
    private static final long DETOUR_NANOS = 70_000;

    private final InetSocketAddress target;
    private final ServerSocketChannel server;
    private final Selector selector;
    private final int port;
    private final Thread intake;
    private final Thread delivery;

    private final ReentrantLock lock = new ReentrantLock();
    // All below guarded by lock.
    private final LinkClock clock = new LinkClock();
    private final Set<Connection> connections = new HashSet<>();
    private final Queue<Opening> openings = new ArrayDeque<>();
    private final Lane up;
    private final Lane down;
    private Link link;
    private boolean severed;
    private boolean closing;
    private long bytesUp;
    private long bytesDown;
    private @Nullable Exception failure;

    private record Opening(Connection connection, long atNanos) {}

    private LinkEmulator(Link link, InetSocketAddress target, long seed) throws IOException {
        this.link = link;
        this.target = target;
        this.up = new Lane(seed, link, Bandwidth.constant(link.upMbps()), DETOUR_NANOS);
        this.down = new Lane(seed + 1, link, Bandwidth.constant(link.downMbps()), DETOUR_NANOS);
        this.selector = Selector.open();
        try {
            this.server = ServerSocketChannel.open();
        } catch (IOException e) {
            selector.close();
            throw e;
        }
        try {
            server.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            this.port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        } catch (IOException e) {
            server.close();
            selector.close();
            throw e;
        }
        this.intake = thread("link-intake", this::takeIn);
        this.delivery = thread("link-delivery", this::deliver);
    }

    /**
     * Starts a link to {@code target} on a free port of the loopback interface.
     *
     * @param seed of jitter and loss
     * @throws UnavailableException if there is no socket to be had
     */
    public static LinkEmulator start(Link link, InetSocketAddress target, long seed) {
        try {
            LinkEmulator emulator = new LinkEmulator(link, target, seed);
            emulator.intake.start();
            emulator.delivery.start();
            return emulator;
        } catch (IOException e) {
            throw new UnavailableException("link: " + e.getMessage() + " (expected: a free port on loopback)", e);
        }
    }

    /** The port on 127.0.0.1 that stands for the server's. */
    public int port() {
        return port;
    }

    /** The link as it is set. */
    public Link link() {
        lock.lock();
        try {
            return link;
        } finally {
            lock.unlock();
        }
    }

    /** Makes the link another one, for all bytes that have not left the queue yet. Ends traces. */
    public void setLink(Link newLink) {
        change(() -> {
            link = newLink;
            up.set(newLink, Bandwidth.constant(newLink.upMbps()));
            down.set(newLink, Bandwidth.constant(newLink.downMbps()));
        });
    }

    /** Lets the bandwidth from the device follow a trace from now on, over and over. */
    public void followUp(Trace trace) {
        change(() -> up.set(link, trace.playedFrom(clock.now())));
    }

    /** Lets the bandwidth to the device follow a trace from now on, over and over. */
    public void followDown(Trace trace) {
        change(() -> down.set(link, trace.playedFrom(clock.now())));
    }

    /** A black-out: nothing moves, connections stay, until {@link #restore}. */
    public void cut() {
        change(clock::stop);
    }

    /** The hard way: all connections are reset, and new ones as soon as they come, until {@link #restore}. */
    public void sever() {
        change(() -> {
            severed = true;
            reset();
        });
    }

    /** Ends a black-out; what was under way goes on. */
    public void restore() {
        change(() -> {
            severed = false;
            clock.go();
        });
    }

    /** Bytes that have entered the link from the device's side, since the start. */
    public long bytesUp() {
        lock.lock();
        try {
            return bytesUp;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that have entered the link from the server's side, since the start. */
    public long bytesDown() {
        lock.lock();
        try {
            return bytesDown;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Resets all connections, closes the port and ends both threads. More calls do nothing.
     *
     * @throws ExecutionException if the emulator had failed before
     */
    @Override
    public void close() {
        change(() -> closing = true);
        boolean interrupted = join(intake);
        interrupted |= join(delivery);
        lock.lock();
        try {
            reset();
            server.close();
            selector.close();
            if (failure != null) {
                Exception cause = failure;
                failure = null;
                throw new ExecutionException("link emulator: stopped by " + cause, cause);
            }
        } catch (IOException e) {
            throw new ExecutionException("link emulator: " + e.getMessage() + " while closing", e);
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
        selector.wakeup();
        LockSupport.unpark(delivery);
    }

    /** The first thread: accepts, connects and reads. */
    private void takeIn() throws IOException {
        ByteBuffer scratch = ByteBuffer.allocateDirect(SOCKET_BUFFER_BYTES);
        while (true) {
            selector.select();
            lock.lock();
            try {
                if (closing) {
                    return;
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    handle(key, scratch);
                }
                selector.selectedKeys().clear();
            } finally {
                lock.unlock();
            }
            LockSupport.unpark(delivery);
        }
    }

    private void handle(SelectionKey key, ByteBuffer scratch) throws IOException {
        if (!key.isValid()) {
            return;
        }
        if (key.attachment() instanceof Connection connection) {
            int bytes = connection.handle(key, scratch, clock.now());
            bytesUp += Math.max(0, bytes);
            bytesDown += Math.max(0, -bytes);
            return;
        }
        SocketChannel accepted = server.accept();
        while (accepted != null) {
            accept(accepted);
            accepted = server.accept();
        }
    }

    private void accept(SocketChannel accepted) {
        if (severed) {
            Connection.reset(accepted);
            return;
        }
        try {
            Connection connection = Connection.begin(selector, accepted, target, up, down, this::closed);
            connections.add(connection);
            openings.add(new Opening(connection, clock.now() + link.roundTrip().toNanos()));
        } catch (IOException e) {
            // The target cannot be reached: the client has been reset, which is how it learns of that.
            return;
        }
    }

    /** A selector closes a channel's descriptor at its next selection only. */
    private void closed(Connection connection) {
        connections.remove(connection);
        selector.wakeup();
    }

    /** The second thread: moves bytes through the lanes when their time has come. */
    private void deliver() {
        while (true) {
            long wait;
            lock.lock();
            try {
                if (closing) {
                    return;
                }
                wait = step();
            } finally {
                lock.unlock();
            }
            if (wait == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else if (wait > SOON_NANOS) {
                LockSupport.parkNanos(this, Math.max(1, wait - WAKE_UP_NANOS));
            }
        }
    }

    /** Does what is due. Returns the time to the next event, or {@link Long#MAX_VALUE}. */
    private long step() {
        if (clock.stopped()) {
            return Long.MAX_VALUE;
        }
        long now = clock.now() + SOON_NANOS;
        boolean woken = false;
        Opening opening = openings.peek();
        while (opening != null && opening.atNanos() <= now) {
            openings.remove();
            opening.connection().open();
            woken = true;
            opening = openings.peek();
        }
        for (Lane lane : List.of(up, down)) {
            lane.transmit(now);
            lane.deliver(now);
            woken |= lane.release();
        }
        if (woken) {
            selector.wakeup();
        }
        long next = Math.min(up.nextNanos(), down.nextNanos());
        if (opening != null) {
            next = Math.min(next, opening.atNanos());
        }
        return next == Long.MAX_VALUE ? next : Math.max(0, next - clock.now());
    }

    private void reset() {
        Set.copyOf(connections).forEach(Connection::abort);
        openings.clear();
        up.clear();
        down.clear();
    }

    private interface Work {
        void run() throws IOException;
    }

    /** A thread that leaves no connection hanging if it fails: everything is reset, and {@link #close} tells why. */
    private Thread thread(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | RuntimeException e) {
                        change(() -> {
                            failure = e;
                            closing = true;
                            reset();
                        });
                    }
                },
                name + "-" + port);
        thread.setDaemon(true);
        return thread;
    }

    private static boolean join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
