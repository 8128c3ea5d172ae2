package dev.narrows.emulator;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/** A client's connection and the one to the target that answers to it. Guarded by the emulator's lock. */
final class Connection {

    private final SelectionKey client;
    private final SelectionKey target;
    private final SocketFlow up;
    private final SocketFlow down;
    private final Consumer<Connection> whenClosed;

    private Connection(SelectionKey client, SelectionKey target, Lane up, Lane down, Consumer<Connection> whenClosed) {
        this.client = client;
        this.target = target;
        this.up = new SocketFlow(this, client, target, up);
        this.down = new SocketFlow(this, target, client, down);
        this.whenClosed = whenClosed;
        client.attach(this);
        target.attach(this);
    }

    /** Begins to connect an accepted client to the target. Neither socket is read before {@link #open}. */
    static Connection begin(
            Selector selector,
            SocketChannel accepted,
            InetSocketAddress address,
            Lane up,
            Lane down,
            Consumer<Connection> whenClosed)
            throws IOException {
        SocketChannel outgoing = null;
        try {
            prepare(accepted);
            outgoing = SocketChannel.open();
            prepare(outgoing);
            boolean connected = outgoing.connect(address);
            SelectionKey client = accepted.register(selector, 0);
            SelectionKey target = outgoing.register(selector, connected ? 0 : SelectionKey.OP_CONNECT);
            return new Connection(client, target, up, down, whenClosed);
        } catch (IOException e) {
            reset(accepted);
            if (outgoing != null) {
                outgoing.close();
            }
            throw e;
        }
    }

    /** The handshake is over: reads from both sides. */
    void open() {
        if (isOpen()) {
            up.resume();
            down.resume();
        }
    }

    /** Handles what the selector found. Returns the bytes read from the client, or minus those from the target. */
    int handle(SelectionKey key, ByteBuffer scratch, long now) {
        try {
            if (key.isConnectable()) {
                ((SocketChannel) key.channel()).finishConnect();
                key.interestOpsAnd(~SelectionKey.OP_CONNECT);
                up.flush();
            }
            if (key.isValid() && key.isWritable()) {
                (key.equals(target) ? up : down).flush();
            }
            if (key.isValid() && key.isReadable()) {
                return key.equals(client) ? up.read(scratch, now) : -down.read(scratch, now);
            }
            return 0;
        } catch (IOException e) {
            abort(); // refused, or reset by one side: the other shall see that
            return 0;
        }
    }

    boolean isOpen() {
        return client.channel().isOpen();
    }

    /** Closes both sides if both have said all. */
    void closeIfEnded() {
        if (up.ended() && down.ended()) {
            close(false);
        }
    }

    /** Resets both sides; what is under way is lost. */
    void abort() {
        if (isOpen()) {
            close(true);
        }
    }

    private void close(boolean hard) {
        for (SelectionKey key : new SelectionKey[] {client, target}) {
            key.cancel();
            if (hard) {
                reset((SocketChannel) key.channel());
            } else {
                closeQuietly((SocketChannel) key.channel());
            }
        }
        whenClosed.accept(this);
    }

    private static void prepare(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, LinkEmulator.SOCKET_BUFFER_BYTES);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, LinkEmulator.SOCKET_BUFFER_BYTES);
    }

    /** Closes with a reset, so that the peer sees an error and not an end. */
    static void reset(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // Already closed by its peer: then there is nobody left to be told.
        }
        closeQuietly(channel);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is released all the same (close(2)); bytes in flight may be lost, as on a reset.
        }
    }
}
