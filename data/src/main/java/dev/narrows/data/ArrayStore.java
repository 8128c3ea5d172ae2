package dev.narrows.data;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.items.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Named arrays: the entries of an .npz archive, or the .npy files of a directory. The case of names does not matter. */
interface ArrayStore extends AutoCloseable {

    /** Whether there is an array of that name. */
    boolean has(String name);

    /** The names of all arrays, as they are written. */
    Iterable<String> names();

    /** Where an array is, for errors. */
    String place(String name);

    /**
     * The array of that name, which is there.
     *
     * @throws dev.narrows.errors.NarrowsException if it is damaged or of a type that tensors have not
     */
    Tensor read(String name);

    @Override
    void close();

    /** The .npy files right in a directory. */
    static ArrayStore files(Path directory) {
        Map<String, Path> files = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Path file : Listing.files(directory)) {
            if (isNpy(file.getFileName().toString())) {
                files.put(name(file.getFileName().toString()), file);
            }
        }
        return new ArrayStore() {
            @Override
            public boolean has(String name) {
                return files.containsKey(name);
            }

            @Override
            public Iterable<String> names() {
                return files.keySet();
            }

            @Override
            public String place(String name) {
                return "file \"" + files.get(name) + "\"";
            }

            @Override
            public Tensor read(String name) {
                return Npy.read(file(name));
            }

            private Path file(String name) {
                return files.getOrDefault(name, directory);
            }

            @Override
            public void close() {}
        };
    }

    /**
     * The entries of a zip archive whose names end in .npy. Its checksums are checked.
     *
     * @throws MalformedException if it is no zip archive
     */
    static ArrayStore archive(Path file) {
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new MalformedException("zip: damaged (" + e.getMessage() + "), file \"" + file + "\"", e);
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        }
        return new Archive(file, zip);
    }

    private static boolean isNpy(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".npy");
    }

    private static String name(String file) {
        return file.substring(0, file.length() - ".npy".length());
    }

    /** An .npz archive. */
    final class Archive implements ArrayStore {

        /** No deflated byte gives more (RFC 1951). */
        private static final long MAX_INFLATION = 1032;

        private final Path file;
        private final ZipFile zip;
        private final Map<String, ZipEntry> entries = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        Archive(Path file, ZipFile zip) {
            this.file = file;
            this.zip = zip;
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                if (isNpy(entry.getName())) {
                    entries.put(name(entry.getName()), entry);
                }
            }
        }

        @Override
        public boolean has(String name) {
            return entries.containsKey(name);
        }

        @Override
        public Iterable<String> names() {
            return entries.keySet();
        }

        @Override
        public String place(String name) {
            return "array \"" + name + "\", file \"" + file + "\"";
        }

        @Override
        public Tensor read(String name) {
            ZipEntry entry = entries.get(name);
            if (entry == null) {
                throw new InvalidException(
                        "array: \"" + name + "\" (expected: one of " + entries.keySet() + "), file \"" + file + "\"");
            }
            long size = entry.getSize();
            if (size > MAX_INFLATION * Math.max(1, entry.getCompressedSize())) {
                throw new MalformedException("size: " + size + " bytes of " + entry.getCompressedSize()
                        + " compressed (expected: what deflating can give), " + place(name));
            }
            CRC32 crc = new CRC32();
            try (InputStream stream = new CheckedInputStream(zip.getInputStream(entry), crc)) {
                Tensor tensor = Npy.read(stream, size, place(name));
                if (crc.getValue() != entry.getCrc()) {
                    throw new MalformedException("checksum: " + Long.toHexString(crc.getValue()) + " (expected: "
                            + Long.toHexString(entry.getCrc()) + "), " + place(name));
                }
                return tensor;
            } catch (ZipException e) {
                throw new MalformedException("zip: damaged (" + e.getMessage() + "), " + place(name), e);
            } catch (IOException e) {
                throw new MalformedException("zip: cannot be read (" + e.getMessage() + "), " + place(name), e);
            }
        }

        @Override
        public void close() {
            try {
                zip.close();
            } catch (IOException e) {
                throw new InvalidException("cannot be closed: \"" + file + "\": " + e.getMessage(), e);
            }
        }
    }
}
