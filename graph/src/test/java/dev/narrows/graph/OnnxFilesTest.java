package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFilesTest {

    private final Network network = Protos.read(Protos.model());

    @TempDir
    Path folder;

    @Test
    void write_then_read_givesTheNetworkAndLeavesTwoFiles() throws IOException {
        Path file = folder.resolve("m.onnx");

        OnnxFiles.write(network, file);

        assertThat(OnnxFiles.read(file)).isEqualTo(network);
        assertThat(OnnxReader.read(file)).isEqualTo(network);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("m.onnx", "m.onnx.sha256");
        }
    }

    @Test
    void write_checksum_isWhatSha256sumWrites() throws IOException, NoSuchAlgorithmException {
        Path file = folder.resolve("m.onnx");
        Files.writeString(file, "old");
        Files.writeString(OnnxFiles.sumFile(file), "old");

        OnnxFiles.write(network, file);

        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        String expected = HexFormat.of().formatHex(digest);
        assertThat(Files.readString(OnnxFiles.sumFile(file))).isEqualTo(expected + "  m.onnx\n");
    }

    @Test
    void read_everyFlippedBit_isMalformed() throws IOException {
        Path file = folder.resolve("m.onnx");
        OnnxFiles.write(network, file);
        byte[] bytes = Files.readAllBytes(file);

        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bytes);
            assertThatThrownBy(() -> OnnxFiles.read(file))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContainingAll("sha256: ", "m.onnx.sha256", "m.onnx\"");
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void read_noChecksum_reads() throws IOException {
        Path file = folder.resolve("m.onnx");
        Files.write(file, Protos.model().build().toByteArray());

        assertThat(OnnxFiles.read(file)).isEqualTo(network);
    }

    @Test
    void read_checksumInOtherSpellings_reads() throws IOException {
        Path file = folder.resolve("m.onnx");
        OnnxFiles.write(network, file);
        String sum = Files.readString(OnnxFiles.sumFile(file));

        for (String spelling : List.of(
                sum.replace("  ", " *"),
                sum.trim(),
                sum.replace("\n", "\r\n"),
                sum.toUpperCase(java.util.Locale.ROOT))) {
            Files.writeString(OnnxFiles.sumFile(file), spelling);
            assertThat(OnnxFiles.read(file)).isEqualTo(network);
        }
    }

    @Test
    void read_checksumFileOfSomethingElse_isMalformed() throws IOException {
        Path file = folder.resolve("m.onnx");
        OnnxFiles.write(network, file);

        for (String other : List.of("", "404 not found\n", "0".repeat(100_000))) {
            Files.writeString(OnnxFiles.sumFile(file), other);
            assertThatThrownBy(() -> OnnxFiles.read(file))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("checksum file");
        }
    }

    @Test
    void read_missingFileOrFolder_isInvalid() {
        assertThatThrownBy(() -> OnnxFiles.read(folder.resolve("gone.onnx")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("gone.onnx");
        assertThatThrownBy(() -> OnnxReader.read(folder)).isInstanceOf(InvalidException.class);
    }

    @Test
    void read_emptyFile_isMalformed() throws IOException {
        Path file = Files.createFile(folder.resolve("empty.onnx"));

        assertThatThrownBy(() -> OnnxFiles.read(file))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("empty.onnx");
    }

    @Test
    void write_noFolder_isUnavailable() {
        assertThatThrownBy(() -> OnnxFiles.write(network, folder.resolve("gone/m.onnx")))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("m.onnx");
    }

    @Test
    void write_overTheFileItWasReadFrom_keepsTheNetwork() {
        Path file = folder.resolve("m.onnx");
        OnnxFiles.write(network, file);
        Network read = OnnxFiles.read(file);

        OnnxFiles.write(read, file);

        assertThat(OnnxFiles.read(file)).isEqualTo(read).isEqualTo(network);
    }
}
