package dev.narrows.cli;

import dev.narrows.errors.InvalidException;
import dev.narrows.wire.bundle.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The files that commands are given and make: of what kind they are, and their hashes. */
final class ModelFiles {

    private ModelFiles() {}

    /**
     * Whether it is a bundle (by its content) and not an ONNX file.
     *
     * @throws InvalidException if it is not there, or a directory that is no bundle
     */
    static boolean isBundle(Path model) throws IOException {
        if (Files.isDirectory(model)) {
            if (Files.isRegularFile(model.resolve(Manifest.MANIFEST_FILE))) {
                return true;
            }
            throw new InvalidException("model: \"" + model + "\" is a directory without " + Manifest.MANIFEST_FILE
                    + " (expected: an ONNX file or a bundle)");
        }
        if (!Files.isRegularFile(model)) {
            throw new InvalidException("no such file: \"" + model + "\"");
        }
        try (InputStream stream = Files.newInputStream(model)) {
            byte[] start = stream.readNBytes(2);
            // A zip file begins with PK, an ONNX file with a field's tag.
            return start.length == 2 && start[0] == 'P' && start[1] == 'K';
        }
    }

    /** The name without directory and ending, such as {@code barista}. */
    static String stem(Path file) {
        String name = String.valueOf(file.toAbsolutePath().normalize().getFileName());
        int dot = name.lastIndexOf('.');
        return (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^A-Za-z0-9._-]", "-");
    }

    /** Whether the name ends in {@code ending}, in any case. */
    static boolean endsIn(Path file, String ending) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(ending);
    }

    /** SHA-256 as 64 hexadecimal digits. */
    static String sha256(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
