package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.emulator.LinkEmulator;
import dev.narrows.emulator.LinkPresets;
import dev.narrows.wire.Link;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The time from writing a message's first byte to reading its last one over the emulated link, against theory: size /
 * bandwidth + half a round trip. Both directions, one connection that is already open, the link idle before each
 * message; the median of several transfers must be within {@value #TOLERANCE} of theory.
 *
 * <pre>
 * mvn -q -B -Dquickly -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp benchmarks/target/classes:$(cat benchmarks/target/classpath) dev.narrows.benchmarks.EmulatorAccuracy
 * </pre>
 *
 * Writes {@code docs/results/emulator-accuracy.json}; exits with 1 if a median is beyond the tolerance.
 */
public final class EmulatorAccuracy {

    static final double TOLERANCE = 0.05;

    private static final List<String> LINKS = List.of("3g", "lte", "wifi", "5g", "100/100/10ms", "250/250/5ms");
    private static final List<Integer> SIZES = List.of(1_000, 10_000, 100_000, 1_000_000);

    /** Transfers of one size in one direction: this many, fewer if they would take longer than the time below. */
    private static final int MOST_RUNS = 31;

    private static final int LEAST_RUNS = 5;
    private static final double RUNS_SECONDS = 3;
    private static final int WARM_UP_RUNS = 20;

    private EmulatorAccuracy() {}

    public static void main(String[] arguments) throws Exception {
        JsonArray transfers = new JsonArray();
        double worst = 0;
        for (String name : LINKS) {
            Link link = LinkPresets.of(name);
            try (Pair pair = new Pair(link)) {
                for (int i = 0; i < WARM_UP_RUNS; i++) {
                    pair.transfer(1_000, true);
                    pair.transfer(1_000, false);
                }
                for (int size : SIZES) {
                    for (boolean up : new boolean[] {true, false}) {
                        JsonObject row = measure(pair, name, link, size, up);
                        worst = Math.max(
                                worst, Math.abs(row.get("relativeError").getAsDouble()));
                        transfers.add(row);
                    }
                }
            }
        }
        JsonObject data = new JsonObject();
        data.addProperty("tolerance", TOLERANCE);
        data.addProperty("largestRelativeError", worst);
        data.add("transfers", transfers);
        Path file = ResultFile.write(
                "emulator-accuracy",
                "java -cp benchmarks/target/classes:$(cat benchmarks/target/classpath)"
                        + " dev.narrows.benchmarks.EmulatorAccuracy",
                data);
        System.out.println(file);
        System.exit(worst <= TOLERANCE ? 0 : 1);
    }

    private static JsonObject measure(Pair pair, String name, Link link, int size, boolean up)
            throws InterruptedException, ExecutionException {
        double mbps = up ? link.upMbps() : link.downMbps();
        double theoryMillis = size * 0.008 / mbps + link.roundTrip().toNanos() / 2e6;
        int runs = (int) Math.max(LEAST_RUNS, Math.min(MOST_RUNS, RUNS_SECONDS * 1000 / theoryMillis));
        double[] millis = new double[runs];
        for (int i = 0; i < runs; i++) {
            millis[i] = pair.transfer(size, up) / 1e6;
        }
        Arrays.sort(millis);
        double median = millis[runs / 2];
        double error = median / theoryMillis - 1;
        JsonObject row = new JsonObject();
        row.addProperty("link", name);
        row.addProperty("direction", up ? "up" : "down");
        row.addProperty("sizeBytes", size);
        row.addProperty("runs", runs);
        row.addProperty("theoryMillis", theoryMillis);
        row.addProperty("medianMillis", median);
        row.addProperty("fastestMillis", millis[0]);
        row.addProperty("slowestMillis", millis[runs - 1]);
        row.addProperty("relativeError", error);
        System.out.printf(
                Locale.ROOT,
                "%-14s %-4s %9d bytes  theory %9.3f ms  median %9.3f ms  %+.2f %%%n",
                name,
                up ? "up" : "down",
                size,
                theoryMillis,
                median,
                100 * error);
        return row;
    }

    /** Two sockets with the link between them, and a thread that receives. */
    private static final class Pair implements AutoCloseable {

        private final ServerSocket server;
        private final LinkEmulator link;
        private final Socket device;
        private final Socket cloud;
        private final ExecutorService receiver = Executors.newSingleThreadExecutor();

        Pair(Link link) throws IOException {
            this.server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            this.link = LinkEmulator.start(link, (InetSocketAddress) server.getLocalSocketAddress(), 1);
            this.device = new Socket(InetAddress.getLoopbackAddress(), this.link.port());
            this.cloud = server.accept();
            device.setTcpNoDelay(true);
            cloud.setTcpNoDelay(true);
        }

        /** Nanoseconds from before the write to after the read of the last byte. */
        long transfer(int size, boolean up) throws InterruptedException, ExecutionException {
            byte[] message = new byte[size];
            Socket from = up ? device : cloud;
            Socket to = up ? cloud : device;
            Future<Long> received = receiver.submit(() -> {
                byte[] buffer = new byte[1 << 16];
                int left = size;
                while (left > 0) {
                    int count = to.getInputStream().read(buffer, 0, Math.min(left, buffer.length));
                    if (count < 0) {
                        throw new IOException("end after " + (size - left) + " of " + size + " bytes");
                    }
                    left -= count;
                }
                return System.nanoTime();
            });
            long start = System.nanoTime();
            try {
                from.getOutputStream().write(message);
            } catch (IOException e) {
                throw new ExecutionException(e);
            }
            return received.get() - start;
        }

        @Override
        public void close() throws IOException {
            receiver.shutdownNow();
            device.close();
            cloud.close();
            link.close();
            server.close();
        }
    }
}
