package dev.narrows.emulator;

import dev.narrows.wire.Link;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;

/**
 * One direction of the link, shared by all connections: a queue of bounded length before the narrow place, which lets
 * one packet after the other out at the link's rate (a token bucket as deep as one packet), and the way behind it.
 * Guarded by the emulator's lock.
 */
final class Lane {

    /** The time for which the queue lasts at least, so that the link does not run dry while a busy processor sleeps. */
    private static final double MIN_QUEUE_SECONDS = 0.01;

    private static final int MIN_QUEUE_BYTES = 4 * Weather.SEGMENT_BYTES;
    private static final int MAX_QUEUE_BYTES = 1 << 29;
    /** The time that a packet takes at most where packets are bundled, to bound the work at high rates. */
    private static final double BUNDLE_SECONDS = 0.0002;

    private static final int MAX_BUNDLE_BYTES = 11 * Weather.SEGMENT_BYTES;

    private final Weather weather;
    private final long detourNanos;
    private final Queue<Packet> waiting = new ArrayDeque<>();
    private final PriorityQueue<Packet> underWay = new PriorityQueue<>();
    private final Set<Flow> held = new LinkedHashSet<>();

    private Link link;
    private Bandwidth bandwidth;
    private int limitBytes;
    private int bundleBytes;
    private int waitingBytes;
    private long freeNanos = Long.MIN_VALUE; // when the last packet that left the queue is out
    private long orders;

    /**
     * A lane of the link.
     *
     * @param detourNanos what the way through the emulator takes by itself; as much is taken off the link's delay
     */
    Lane(long seed, Link link, Bandwidth bandwidth, long detourNanos) {
        this.weather = new Weather(seed);
        this.detourNanos = detourNanos;
        this.link = link;
        this.bandwidth = bandwidth;
        set(link, bandwidth);
    }

    /** From here on this link and rate; what has left the queue goes on as it was. */
    void set(Link newLink, Bandwidth newBandwidth) {
        link = newLink;
        bandwidth = newBandwidth;
        double rate = newBandwidth.bytesPerSecond();
        double seconds = Math.max(MIN_QUEUE_SECONDS, newLink.roundTrip().toNanos() / 1e9);
        limitBytes = (int) Math.max(MIN_QUEUE_BYTES, Math.min(rate * seconds, MAX_QUEUE_BYTES));
        double bundle = Math.min(rate * BUNDLE_SECONDS, MAX_BUNDLE_BYTES);
        int segments = (int) (bundle / Weather.SEGMENT_BYTES);
        bundleBytes = Math.max(1, segments) * Weather.SEGMENT_BYTES;
    }

    /** The bytes that the queue takes now. */
    int room() {
        return limitBytes - waitingBytes;
    }

    int limitBytes() {
        return limitBytes;
    }

    /** Puts the bytes into the queue. They are copied. */
    void enter(Flow flow, ByteBuffer bytes, long now) {
        while (bytes.hasRemaining()) {
            byte[] copy = new byte[Math.min(bundleBytes, bytes.remaining())];
            bytes.get(copy);
            waiting.add(new Packet(flow, ByteBuffer.wrap(copy), false, now, orders++));
            waitingBytes += copy.length;
        }
    }

    /** Puts the end of the flow's bytes into the queue. */
    void end(Flow flow, long now) {
        waiting.add(new Packet(flow, ByteBuffer.allocate(0), true, now, orders++));
    }

    /** Lets out of the queue what may leave until {@code now}. */
    void transmit(long now) {
        while (!waiting.isEmpty() && freeNanos <= now) {
            Packet packet = waiting.remove();
            int bytes = packet.bytes.remaining();
            waitingBytes -= bytes;
            Weather.Fate fate = weather.draw(link, bytes);
            long start = Math.max(freeNanos, packet.arrivedNanos);
            freeNanos = bandwidth.endNanos(start, bytes + fate.resentBytes());
            long delay = link.roundTrip().toNanos() / 2 + fate.delayNanos() - detourNanos;
            packet.dueNanos = packet.flow.inOrder(freeNanos + Math.max(0, delay));
            underWay.add(packet);
        }
    }

    /** Delivers what is due. */
    void deliver(long now) {
        Packet next = underWay.peek();
        while (next != null && next.dueNanos <= now) {
            underWay.remove();
            next.flow.deliver(next);
            next = underWay.peek();
        }
    }

    /** When something happens next, or {@link Long#MAX_VALUE}. */
    long nextNanos() {
        Packet next = underWay.peek();
        long due = next == null ? Long.MAX_VALUE : next.dueNanos;
        return waiting.isEmpty() ? due : Math.min(due, freeNanos);
    }

    /** Has the flow wait until the queue is half empty. */
    void hold(Flow flow) {
        held.add(flow);
    }

    /** Wakes flows that wait for room, if there is some. Returns whether it woke any. */
    boolean release() {
        return waitingBytes <= limitBytes / 2 && held.removeIf(Flow::resume);
    }

    /** Forgets everything that is queued and under way. */
    void clear() {
        waiting.clear();
        underWay.clear();
        held.clear();
        waitingBytes = 0;
    }
}
