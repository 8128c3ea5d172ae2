package dev.narrows.wire.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every changed bit and every lost byte of a bundle shows. */
class CorruptBundlesTest {

    private static final int FLIPS = 700;
    private static final int CUTS = 200;

    @TempDir
    private Path temp;

    @Test
    void read_zipWithAFlippedBit_isRefused() throws IOException {
        Path file = temp.resolve("b.zip");
        Samples.files().write(file);
        byte[] original = Files.readAllBytes(file);
        Random random = new Random(1);
        for (int flip = 0; flip < FLIPS; flip++) {
            byte[] bytes = original.clone();
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, bytes);
            assertRefused(file, "byte " + at);
        }
        Files.write(file, original);
        assertThat(Bundle.read(file).manifest()).isEqualTo(Samples.manifest());
    }

    @Test
    void read_zipHeadersWithAnyFlippedBit_isRefused() throws IOException {
        Path file = temp.resolve("b.zip");
        Samples.files().write(file);
        byte[] original = Files.readAllBytes(file);
        // The first header and the tail are the zip file's own; nothing of theirs is covered by a hash.
        for (int at = 0; at < original.length; at = at == 42 ? original.length - 160 : at + 1) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] bytes = original.clone();
                bytes[at] ^= (byte) (1 << bit);
                Files.write(file, bytes);
                assertRefused(file, "byte " + at + ", bit " + bit);
            }
        }
    }

    @Test
    void read_zipCutShortOrMadeLonger_isRefused() throws IOException {
        Path file = temp.resolve("b.zip");
        Samples.files().write(file);
        byte[] original = Files.readAllBytes(file);
        Random random = new Random(2);
        for (int cut = 0; cut < CUTS; cut++) {
            int length = random.nextInt(original.length);
            Files.write(file, Arrays.copyOf(original, length));
            assertRefused(file, "cut to " + length);
        }
        Files.write(file, Arrays.copyOf(original, original.length + 1));
        assertRefused(file, "a byte more");
    }

    @Test
    void read_directoryWithAFlippedBitOrACutFile_isRefused() throws IOException {
        Path directory = temp.resolve("b");
        Samples.files().write(directory);
        List<Path> files = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            walk.filter(Files::isRegularFile).sorted().forEach(files::add);
        }
        assertThat(files).hasSize(7);
        Random random = new Random(3);
        for (int change = 0; change < FLIPS; change++) {
            Path file = files.get(random.nextInt(files.size()));
            byte[] original = Files.readAllBytes(file);
            byte[] bytes = original.clone();
            int at = random.nextInt(bytes.length);
            if (random.nextInt(4) == 0) {
                bytes = Arrays.copyOf(bytes, at);
            } else {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
            assertRefused(directory, file.getFileName() + ", byte " + at);
            Files.write(file, original);
        }
        assertThat(Bundle.read(directory).manifest()).isEqualTo(Samples.manifest());
    }

    private static void assertRefused(Path bundle, String what) {
        assertThatThrownBy(() -> Bundle.read(bundle))
                .as(what)
                .isInstanceOfAny(MalformedException.class, UnsupportedException.class)
                .hasMessageContaining("expected");
    }
}
