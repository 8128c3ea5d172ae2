package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the framing of a trained bottleneck's code costs over what its items cost under their source: the table of docs/codecs.md. */
class BottleneckSizesTest {

    private static final Path PAGE =
            Path.of(System.getProperty("narrows.root", "..")).resolve("docs").resolve("codecs.md");

    private static final int SEEN = 2000;
    private static final int UNSEEN = 1000;

    static Stream<SparseCodes> sources() {
        return Stream.of(
                new SparseCodes(8, 7, 6, 20),
                new SparseCodes(12, 7, 8, 50),
                new SparseCodes(16, 8, 8, 100),
                new SparseCodes(32, 10, 16, 500));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void encode_sparseCodes_costWhatThePageSays(SparseCodes source) throws IOException {
        TensorCodec codec = CodecSamples.calibrated(Codecs.BOTTLENECK, source.spec(), source.items(SEEN, 1));
        TensorCodec quantised = CodecSamples.calibrated("q8", source.spec(), source.items(SEEN, 1));
        Tensor unseen = source.items(UNSEEN, 2);
        double entropy = source.bits(unseen) / 8 / UNSEEN;

        double bytes = mean(codec, unseen);

        assertThat(bytes - entropy).isBetween(3.4, 3.7); // 23.6 bits of check, half a byte of rounding, the tables
        assertThat(Files.readString(PAGE, StandardCharsets.UTF_8))
                .contains(String.format(
                        Locale.ROOT,
                        "| %d×%d×%d, %d levels | %.2f | %.2f | %.2f | %.2f |",
                        source.channels(),
                        source.side(),
                        source.side(),
                        source.levels(),
                        entropy,
                        bytes,
                        bytes - entropy,
                        mean(quantised, unseen)));
    }

    private static double mean(TensorCodec codec, Tensor items) {
        long bytes = 0;
        for (int item = 0; item < UNSEEN; item++) {
            bytes += codec.encode(items.slice(item, item + 1)).data().limit();
        }
        return bytes / (double) UNSEEN;
    }
}
