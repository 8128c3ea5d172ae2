package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * ONNX files on disk, each with its SHA-256 beside it in {@code <file>.sha256} (as {@code sha256sum} writes and checks
 * it): most single changed bits of a model file would load and run unnoticed. All of this module's own file handling is
 * here and in {@link ExternalFiles}.
 */
public final class OnnxFiles {

    private static final Pattern SUM = Pattern.compile("\\\\?([0-9a-fA-F]{64}) [ *]([^\\r\\n]*)(\\r?\\n)?");
    private static final int MAX_SUM_BYTES = 8192;

    private OnnxFiles() {}

    /**
     * Writes the network and its checksum. A reader sees the old file or the new one, never a part: both are written
     * beside their places and moved there.
     *
     * @throws InvalidException if the network breaks ONNX's rules
     * @throws UnsupportedException if it takes more than 2 GiB
     * @throws UnavailableException if the files cannot be written
     */
    public static void write(Network network, Path file) {
        ByteBuffer bytes = OnnxWriter.write(network);
        try {
            // A reader between the moves meets the new model without a checksum, not with the old one's.
            Files.deleteIfExists(sumFile(file));
            replace(file, bytes.duplicate());
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
        writeSum(file, bytes);
    }

    /**
     * Writes the checksum that a file of these bytes has, beside the file: for models that others made.
     *
     * @throws UnavailableException if it cannot be written
     */
    public static void writeSum(Path file, ByteBuffer bytes) {
        String sum = HexFormat.of().formatHex(sha256(bytes)) + "  " + file.getFileName() + "\n";
        try {
            replace(sumFile(file), ByteBuffer.wrap(sum.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw cannotWrite(sumFile(file), e);
        }
    }

    private static UnavailableException cannotWrite(Path file, IOException e) {
        return new UnavailableException("file: cannot be written (" + e + "), file \"" + file + "\"", e);
    }

    /**
     * Reads a file, with external data beside it, and compares it with its checksum if there is one.
     *
     * @throws MalformedException if the bytes are no ONNX file or not those that the checksum was made from
     * @throws InvalidException if there is no such file or the graph breaks ONNX's rules
     * @throws UnsupportedException if it needs what Narrows has not (opset below 7, newer IR …)
     * @throws UnavailableException if the file cannot be read
     */
    public static Network read(Path file) {
        ByteBuffer bytes = bytes(file);
        Path directory = file.toAbsolutePath().getParent();
        OnnxReader.ExternalData external =
                directory == null ? OnnxReader.ExternalData.NONE : new ExternalFiles(directory);
        return Located.in("file \"" + file + "\"", () -> {
            verify(file, bytes);
            return OnnxReader.read(bytes, external);
        });
    }

    /** Where a file's checksum lies. */
    public static Path sumFile(Path file) {
        return file.resolveSibling(file.getFileName() + ".sha256");
    }

    private static ByteBuffer bytes(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidException("file: missing or no file (expected: an ONNX file), file \"" + file + "\"");
        }
        try {
            long size = Files.size(file);
            if (size > Integer.MAX_VALUE) {
                throw new UnsupportedException("file: " + size
                        + " bytes (expected: at most 2 GiB; larger weights go to external data), file \"" + file
                        + "\"");
            }
            return ExternalFiles.map(file, 0, size);
        } catch (IOException e) {
            throw new UnavailableException("file: cannot be read (" + e + "), file \"" + file + "\"", e);
        }
    }

    private static void verify(Path file, ByteBuffer bytes) {
        Optional<byte[]> expected = sum(sumFile(file));
        if (expected.isPresent()) {
            byte[] actual = sha256(bytes);
            if (!MessageDigest.isEqual(expected.get(), actual)) {
                HexFormat hex = HexFormat.of();
                throw new MalformedException(
                        "sha256: " + hex.formatHex(actual) + " (expected: " + hex.formatHex(expected.get()) + " as in "
                                + sumFile(file).getFileName() + ")");
            }
        }
    }

    private static Optional<byte[]> sum(Path sumFile) {
        try {
            if (!Files.exists(sumFile)) {
                return Optional.empty();
            }
            long size = Files.size(sumFile);
            if (size > MAX_SUM_BYTES) {
                throw new MalformedException("checksum file: " + size + " bytes (expected: one line of sha256sum)");
            }
            Matcher line = SUM.matcher(new String(Files.readAllBytes(sumFile), StandardCharsets.UTF_8));
            if (!line.matches()) {
                throw new MalformedException("checksum file: " + sumFile.getFileName()
                        + " is something else (expected: one line of sha256sum)");
            }
            return Optional.of(HexFormat.of().parseHex(line.group(1)));
        } catch (IOException e) {
            throw new UnavailableException("checksum file: cannot be read (" + e + "), file \"" + sumFile + "\"", e);
        }
    }

    /** The SHA-256 of what is between position and limit, which stay. */
    public static byte[] sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.duplicate());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Writes bytes in place of a file, or as a new one: whole or not at all. */
    public static void replace(Path file, ByteBuffer bytes) throws IOException {
        Path beside = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (FileChannel channel =
                    FileChannel.open(beside, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
