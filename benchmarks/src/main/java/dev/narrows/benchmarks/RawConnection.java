package dev.narrows.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A TCP connection on which any bytes go out and what comes back is read, good or bad. */
final class RawConnection implements AutoCloseable {

    /** Longer than the server lets a request take; after it the connection's end is shown to the server. */
    private static final int PATIENCE_MILLIS = 1_500;

    /** Reads one reply. */
    interface ReplyReader {
        Reply read(RawConnection connection) throws IOException;
    }

    private final Socket socket;
    private final InputStream in;

    private RawConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = socket.getInputStream();
    }

    /** Sends bytes on a new connection and reads the reply, if there is one before the connection ends. */
    static Reply exchange(int port, byte[] bytes, ReplyReader reader) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            try {
                connection.socket.getOutputStream().write(bytes);
            } catch (IOException e) {
                return reply(connection, reader); // refused while we still wrote; its reason may lie in the buffer
            }
            return reply(connection, reader);
        }
    }

    private static Reply reply(RawConnection connection, ReplyReader reader) throws IOException {
        try {
            return reader.read(connection);
        } catch (SocketTimeoutException e) {
            connection.socket.shutdownOutput();
            try {
                return reader.read(connection);
            } catch (SocketTimeoutException stillNothing) {
                return Reply.of(Reply.SILENT);
            } catch (EOFException | java.net.SocketException closed) {
                return Reply.of(Reply.CLOSED);
            }
        } catch (EOFException | java.net.SocketException e) {
            return Reply.of(Reply.CLOSED);
        }
    }

    byte[] read(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("end after " + bytes.length + " bytes");
        }
        return bytes;
    }

    /** Up to and without the line feed, carriage return stripped. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("end within a line");
            }
            if (next == '\n') {
                return line.toString().strip();
            }
            line.append((char) next);
        }
    }

    byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
