package dev.narrows.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.wire.Link;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LinkEmulatorTest {

    private static final Link FAST = Link.of(400, 400, Duration.ofMillis(2));

    private EchoServer server = new EchoServer();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private LinkEmulator emulate(Link link) {
        return LinkEmulator.start(link, server.address(), 11);
    }

    private static Socket connect(LinkEmulator link) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), link.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(15_000);
        return socket;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Sends from one more thread, reads what comes back. */
    private static byte[] echo(Socket socket, byte[] bytes) throws Exception {
        ExecutorService sender = Executors.newSingleThreadExecutor();
        try {
            Future<?> sent = sender.submit(() -> {
                socket.getOutputStream().write(bytes);
                return true;
            });
            byte[] back = socket.getInputStream().readNBytes(bytes.length);
            sent.get();
            return back;
        } finally {
            sender.shutdownNow();
        }
    }

    @Test
    void bytes_overAFairLink_comeBackUnchangedAndCounted() throws Exception {
        try (LinkEmulator link = emulate(FAST);
                Socket socket = connect(link)) {
            byte[] bytes = random(1_000_000);

            assertThat(echo(socket, bytes)).isEqualTo(bytes);
            assertThat(link.bytesUp()).isEqualTo(bytes.length);
            assertThat(link.bytesDown()).isEqualTo(bytes.length);
        }
    }

    @Test
    void bytes_overALinkWithJitterAndLoss_comeBackInOrder() throws Exception {
        Link rough = new Link(200, 200, Duration.ofMillis(4), Duration.ofMillis(2), 0.02);
        try (LinkEmulator link = emulate(rough);
                Socket socket = connect(link)) {
            byte[] bytes = random(200_000);

            assertThat(echo(socket, bytes)).isEqualTo(bytes);
        }
    }

    @Test
    void bytes_overATrace_comeBack() throws Exception {
        Trace trace = new Trace(List.of(
                new Trace.Step(0, 50), new Trace.Step(0.02, 0), new Trace.Step(0.04, 5), new Trace.Step(0.06, 100)));
        try (LinkEmulator link = emulate(FAST);
                Socket socket = connect(link)) {
            link.followUp(trace);
            link.followDown(trace);
            byte[] bytes = random(300_000);

            assertThat(echo(socket, bytes)).isEqualTo(bytes);
        }
    }

    @Test
    void connections_manyAtOnce_areKeptApart() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try (LinkEmulator link = emulate(FAST)) {
            List<Future<Boolean>> results = java.util.stream.IntStream.range(0, 40)
                    .mapToObj(i -> clients.submit(() -> {
                        try (Socket socket = connect(link)) {
                            byte[] bytes = random(1000 + i);
                            return java.util.Arrays.equals(echo(socket, bytes), bytes);
                        }
                    }))
                    .toList();
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void end_ofTheClientsBytes_arrivesAfterThem() throws Exception {
        try (LinkEmulator link = emulate(FAST);
                Socket socket = connect(link)) {
            socket.getOutputStream().write(random(5000));
            socket.shutdownOutput();

            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(random(5000));
        }
    }

    @Test
    void cut_amidATransfer_stallsUntilRestored() throws Exception {
        try (LinkEmulator link = emulate(FAST);
                Socket socket = connect(link)) {
            assertThat(echo(socket, random(100))).isEqualTo(random(100));
            link.cut();
            socket.getOutputStream().write(random(3000));
            socket.setSoTimeout(100);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            link.restore();
            socket.setSoTimeout(15_000);

            assertThat(socket.getInputStream().readNBytes(3000)).isEqualTo(random(3000));
        }
    }

    @Test
    void cut_newConnection_stallsToo() throws Exception {
        try (LinkEmulator link = emulate(FAST)) {
            link.cut();
            try (Socket socket = connect(link)) {
                socket.getOutputStream().write(random(10));
                socket.setSoTimeout(100);
                assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                link.restore();
                socket.setSoTimeout(15_000);

                assertThat(socket.getInputStream().readNBytes(10)).isEqualTo(random(10));
            }
        }
    }

    @Test
    void cut_writerWithoutEnd_isHeldByTheQueue() throws Exception {
        Link link8 = Link.of(8, 8, Duration.ofMillis(60)); // one bandwidth-delay product: 60,000 bytes
        try (LinkEmulator link = emulate(link8);
                SocketChannel client =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), link.port()))) {
            ByteBuffer one = ByteBuffer.allocate(1);
            client.write(one);
            while (link.bytesUp() == 0) {
                Thread.onSpinWait(); // the handshake is over
            }
            link.cut();
            client.configureBlocking(false);
            ByteBuffer plenty = ByteBuffer.allocateDirect(16 << 20);
            int idle = 0;
            while (idle < 200) { // until neither the socket nor the link takes any more
                long before = link.bytesUp();
                int written = client.write(plenty);
                LockSupport.parkNanos(100_000);
                idle = written == 0 && link.bytesUp() == before ? idle + 1 : 0;
            }
            assertThat(plenty.hasRemaining()).isTrue();
            assertThat(link.bytesUp()).isBetween(50_000L, 60_001L + Weather.SEGMENT_BYTES);
        }
    }

    @Test
    void receiver_thatReadsLate_getsEverything() throws Exception {
        byte[] bytes = random(8_000_000); // more than all sockets on the way hold
        ExecutorService sender = Executors.newSingleThreadExecutor();
        try (LinkEmulator link = emulate(Link.of(2000, 2000, Duration.ofMillis(2)));
                Socket socket = connect(link)) {
            Future<?> sent = sender.submit(() -> {
                socket.getOutputStream().write(bytes);
                return true;
            });
            awaitStandstill(link);

            assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
            sent.get();
        } finally {
            sender.shutdownNow();
        }
    }

    /** Waits until bytes have entered the link and then none have for some time. */
    private static void awaitStandstill(LinkEmulator link) {
        int idle = 0;
        long before = 0;
        while (idle < 200 || before == 0) {
            LockSupport.parkNanos(100_000);
            long now = link.bytesUp() + link.bytesDown();
            idle = now == before ? idle + 1 : 0;
            before = now;
        }
    }

    @Test
    void sever_amidAConnection_resetsItAndNewOnes() throws Exception {
        try (LinkEmulator link = emulate(FAST);
                Socket socket = connect(link)) {
            assertThat(echo(socket, random(100))).isEqualTo(random(100));
            link.sever();

            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> {
                        try (Socket next = connect(link)) {
                            next.getOutputStream().write(1);
                            next.getInputStream().read();
                        }
                    })
                    .isInstanceOf(SocketException.class);
            link.restore();
            try (Socket next = connect(link)) {
                assertThat(echo(next, random(100))).isEqualTo(random(100));
            }
        }
    }

    @Test
    void target_thatRefuses_resetsTheClient() throws Exception {
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0)) {
            closedPort = socket.getLocalPort();
        }
        InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), closedPort);
        try (LinkEmulator link = LinkEmulator.start(FAST, nobody, 1)) {
            assertThatThrownBy(() -> {
                        try (Socket socket = connect(link)) {
                            socket.getInputStream().read();
                        }
                    })
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void setLink_live_isUsedForWhatFollows() throws Exception {
        try (LinkEmulator link = emulate(Link.of(0.001, 0.001, Duration.ZERO)); // 8 s for 1 kB
                Socket socket = connect(link)) {
            link.setLink(FAST);

            assertThat(echo(socket, random(10_000))).isEqualTo(random(10_000));
            assertThat(link.link()).isEqualTo(FAST);
        }
    }

    @Test
    void close_twice_endsThreadsAndConnections() throws Exception {
        LinkEmulator link = emulate(FAST);
        int port = link.port();
        try (Socket socket = connect(link)) {
            assertThat(echo(socket, random(100))).isEqualTo(random(100));
            link.close();
            link.close();

            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("link-") && name.endsWith("-" + port));
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class);
    }
}
