package dev.narrows.emulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Sends back whatever comes, and ends when its client does. */
final class EchoServer implements AutoCloseable {

    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    EchoServer() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    void start() {
        threads.execute(() -> {
            while (true) {
                try {
                    Socket client = socket.accept();
                    threads.execute(() -> echo(client));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
    }

    private static void echo(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            byte[] bytes = new byte[8192];
            int count = in.read(bytes);
            while (count >= 0) {
                client.getOutputStream().write(bytes, 0, count);
                count = in.read(bytes);
            }
        } catch (SocketException e) {
            return; // reset: what some tests are about
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }
}
