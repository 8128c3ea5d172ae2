package dev.narrows.wire.bundle;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.Utf8;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A bundle's files, all of them found with the size and SHA-256 that the manifest gives, and no others. A file's bytes
 * are read again when they are wanted and checked again, so that nothing unchecked is used though the file may have
 * been changed in between, and nothing large stays in memory.
 *
 * @param bundle where the bundle was read from, for errors
 * @param hash SHA-256 of the manifest
 * @param places where each file is, by path
 */
record Contents(Path bundle, ManifestJson json, String hash, Map<String, Place> places) {

    /**
     * @throws MalformedException if it is no bundle, is damaged or incomplete
     * @throws dev.narrows.errors.UnsupportedException if its format is of another version
     * @throws UnavailableException if it is not there or cannot be read
     */
    static Contents read(Path bundle) {
        return reading(bundle, () -> {
            Path real = bundle.toRealPath();
            return Files.isDirectory(real) ? BundleDirectory.read(bundle, real) : BundleZip.read(bundle, real);
        });
    }

    boolean has(String name) {
        return places.containsKey(name);
    }

    /** The bytes of a file, checked. */
    ByteBuffer bytes(String name, boolean direct) {
        return reading(bundle, () -> {
            Place place = place(name);
            ByteBuffer bytes = place.read(direct);
            json.requireHash(name, Sha256.of(bytes));
            return bytes.asReadOnlyBuffer();
        });
    }

    /** The text of a small file, checked. */
    String text(String name) {
        return reading(bundle, () -> Utf8.decode(bytes(name, false), "file \"" + name + "\""));
    }

    private Place place(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw new IllegalStateException("no place of " + name);
        }
        return place;
    }

    interface Step<T> {
        T take() throws IOException;
    }

    /** Takes a step of reading a bundle; whatever rule the bundle breaks, it is the bundle that is bad. */
    static <T> T reading(Path bundle, Step<T> step) {
        try {
            return step.take();
        } catch (InvalidException e) {
            throw new MalformedException(e.getMessage() + ", bundle " + bundle, e);
        } catch (NoSuchFileException e) {
            throw new UnavailableException("bundle: " + bundle + " (expected: a directory or a file that is there)", e);
        } catch (IOException e) {
            throw new UnavailableException("bundle: " + e + ", " + bundle, e);
        }
    }

    /** The text of {@link Manifest#HASH_FILE} for a manifest with this hash. */
    static byte[] hashFile(String hash) {
        return (hash + "  " + Manifest.MANIFEST_FILE + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The parsed manifest, once it is the one that the hash file names. */
    static ManifestJson manifest(ByteBuffer manifest, ByteBuffer hashFile) {
        String hash = Sha256.of(manifest);
        if (!hashFile.equals(ByteBuffer.wrap(hashFile(hash)))) {
            throw new MalformedException("SHA-256: " + hash + " (expected: as " + Manifest.HASH_FILE + " says), file \""
                    + Manifest.MANIFEST_FILE + "\"");
        }
        return ManifestJson.read(manifest);
    }
}
