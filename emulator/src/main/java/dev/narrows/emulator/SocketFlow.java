package dev.narrows.emulator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;

/** A flow from one socket through a lane into the other. Guarded by the emulator's lock. */
final class SocketFlow implements Flow {

    private final Connection connection;
    private final SelectionKey from;
    private final SelectionKey to;
    private final Lane lane;
    private final Queue<ByteBuffer> outbox = new ArrayDeque<>(); // arrived, but the receiver's socket was full

    private int outboxBytes;
    private long lastDueNanos = Long.MIN_VALUE;
    private boolean readToEnd;
    private boolean endArrived;
    private boolean ended;

    SocketFlow(Connection connection, SelectionKey from, SelectionKey to, Lane lane) {
        this.connection = connection;
        this.from = from;
        this.to = to;
        this.lane = lane;
    }

    /** Takes what the sender has, as far as the lane has room. Returns the bytes taken. */
    int read(ByteBuffer scratch, long now) throws IOException {
        int room = Math.min(lane.room(), lane.limitBytes() - outboxBytes);
        if (room <= 0) {
            from.interestOpsAnd(~SelectionKey.OP_READ);
            lane.hold(this);
            return 0;
        }
        scratch.clear().limit(Math.min(room, scratch.capacity()));
        int count = channel(from).read(scratch);
        if (count < 0) {
            readToEnd = true;
            from.interestOpsAnd(~SelectionKey.OP_READ);
            lane.end(this, now);
            return 0;
        }
        lane.enter(this, scratch.flip(), now);
        return count;
    }

    @Override
    public boolean resume() {
        if (!from.isValid() || readToEnd) {
            return true;
        }
        if (outboxBytes > lane.limitBytes() / 2) {
            return false;
        }
        from.interestOpsOr(SelectionKey.OP_READ);
        return true;
    }

    @Override
    public long inOrder(long dueNanos) {
        lastDueNanos = Math.max(lastDueNanos, dueNanos);
        return lastDueNanos;
    }

    @Override
    public void deliver(Packet packet) {
        if (packet.end) {
            endArrived = true;
        } else {
            outbox.add(packet.bytes);
            outboxBytes += packet.bytes.remaining();
        }
        flush();
    }

    /** Writes what has arrived, as far as the receiver's socket takes it. */
    void flush() {
        if (!connection.isOpen() || !channel(to).isConnected()) {
            return;
        }
        try {
            ByteBuffer head = outbox.peek();
            while (head != null) {
                outboxBytes -= channel(to).write(head);
                if (head.hasRemaining()) {
                    to.interestOpsOr(SelectionKey.OP_WRITE);
                    to.selector().wakeup(); // a selection under way does not see new interests
                    return;
                }
                outbox.remove();
                head = outbox.peek();
            }
            to.interestOpsAnd(~SelectionKey.OP_WRITE);
            if (endArrived && !ended) {
                ended = true;
                channel(to).shutdownOutput();
                connection.closeIfEnded();
            }
        } catch (IOException e) {
            connection.abort(); // the receiver is gone: its sender shall see that, as through any router
        }
    }

    boolean ended() {
        return ended;
    }

    private static SocketChannel channel(SelectionKey key) {
        return (SocketChannel) key.channel();
    }
}
