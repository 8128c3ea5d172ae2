package dev.narrows.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.ExecutionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Native memory after thousands of runs, good and failed. */
class SoakTest {

    private static final long MEGABYTE = 1 << 20;
    private static final int SIDE = 128;

    /** Resident memory of this process in bytes, of which Linux tells. */
    private static long resident() throws IOException {
        Path status = Paths.get("/proc/self/status");
        Assumptions.assumeTrue(Files.exists(status), "resident memory is read from /proc");
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new AssertionError("no VmRSS in " + status);
    }

    private static Session doubling(String name, String in, String out) {
        return Session.open(
                name,
                new Models()
                        .input(in, Models.FLOAT, -1, SIDE)
                        .node("Add", List.of(in, in), List.of(out))
                        .output(out, Models.FLOAT, -1, SIDE)
                        .build(),
                Map.of(),
                SessionOptions.DEFAULT);
    }

    @Test
    void run_twoThousandTimes_holdsMemory() throws IOException {
        // A leak of one tensor a run would be 64 kB × 2,000 = 131 MB.
        Tensor x = Tensor.zeros(DType.FLOAT32, SIDE, SIDE);
        List<List<String>> cuts = List.of(List.of("x"), List.of("a"), List.of("y"));
        try (Chain chain = Chain.of(List.of(doubling("first", "x", "a"), doubling("second", "a", "y")), cuts)) {
            for (int i = 0; i < 500; i++) {
                chain.run(0, 2, Map.of("x", x));
            }
            System.gc();
            long before = resident();
            for (int i = 0; i < 2000; i++) {
                chain.run(0, 2, Map.of("x", x));
                if (i % 500 == 499) {
                    System.gc(); // what a run gives back is Java's to free
                }
            }
            assertThat(resident() - before).isLessThan(40 * MEGABYTE);
        }
    }

    @Test
    void run_thousandFailures_holdsMemory() throws IOException {
        // The second segment's batch of 1 does not take the first's: the tensor between them must be released.
        Session fussy = Session.open(
                "fussy",
                new Models()
                        .input("a", Models.FLOAT, 1, SIDE)
                        .node("Add", List.of("a", "a"), List.of("y"))
                        .output("y", Models.FLOAT, 1, SIDE)
                        .build(),
                Map.of(),
                SessionOptions.DEFAULT);
        List<List<String>> cuts = List.of(List.of("x"), List.of("a"), List.of("y"));
        Tensor x = Tensor.zeros(DType.FLOAT32, SIDE, SIDE);
        try (Chain chain = Chain.of(List.of(doubling("first", "x", "a"), fussy), cuts)) {
            long before = resident();
            for (int i = 0; i < 1000; i++) {
                assertThatThrownBy(() -> chain.run(0, 2, Map.of("x", x))).isInstanceOf(ExecutionException.class);
            }
            assertThat(resident() - before).isLessThan(40 * MEGABYTE);
        }
    }

    @Test
    void open_twoHundredTimes_holdsMemory() throws IOException {
        Tensor weight = Tensor.zeros(DType.FLOAT32, 512, 512); // 1 MB
        var model = new Models()
                .input("x", Models.FLOAT, -1, 512)
                .externalWeight("w", 512, 512)
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", Models.FLOAT, -1, 512)
                .build();
        for (int i = 0; i < 20; i++) {
            Session.open("matmul", model, Map.of("w", weight), SessionOptions.DEFAULT)
                    .close();
        }
        long before = resident();
        for (int i = 0; i < 200; i++) {
            Session.open("matmul", model, Map.of("w", weight), SessionOptions.DEFAULT)
                    .close();
        }
        assertThat(resident() - before).isLessThan(40 * MEGABYTE);
    }
}
