package dev.narrows.emulator;

import java.nio.ByteBuffer;

/** Bytes on their way, or the end of a direction's bytes. Guarded by the emulator's lock. */
final class Packet implements Comparable<Packet> {

    final Flow flow;
    final ByteBuffer bytes;
    final boolean end;
    final long arrivedNanos;
    final long order;

    /** When it comes out; set when it leaves the queue. */
    long dueNanos;

    Packet(Flow flow, ByteBuffer bytes, boolean end, long arrivedNanos, long order) {
        this.flow = flow;
        this.bytes = bytes;
        this.end = end;
        this.arrivedNanos = arrivedNanos;
        this.order = order;
    }

    @Override
    public int compareTo(Packet other) {
        int byTime = Long.compare(dueNanos, other.dueNanos);
        return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
}
