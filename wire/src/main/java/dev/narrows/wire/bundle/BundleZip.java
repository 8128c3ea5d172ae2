package dev.narrows.wire.bundle;

import dev.narrows.errors.MalformedException;
import dev.narrows.wire.bundle.ManifestJson.FileEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** A bundle as a single file: a {@link StoredZip} of the manifest, its hash, then the other files sorted by path. */
final class BundleZip {

    private static final byte[] START = {'P', 'K', 3, 4};
    private static final int SIZE_AT = 22;
    private static final int HASH_FILE_SIZE = Contents.hashFile("").length + 64;

    private BundleZip() {}

    static Contents read(Path bundle, Path file) throws IOException {
        long size = Files.size(file);
        int first = StoredZip.LOCAL_SIZE + Manifest.MANIFEST_FILE.length();
        if (size < first) {
            throw notOurs(file, "it has " + size + " bytes");
        }
        ByteBuffer head = new Place("start", file, 0, first).read(false).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < START.length; at++) {
            if (head.get(at) != START[at]) {
                throw notOurs(file, "it does not start as a zip file");
            }
        }
        long manifestSize = head.getInt(SIZE_AT) & 0xFFFF_FFFFL;
        if (manifestSize > FileRules.LARGEST_MANIFEST || manifestSize > size - first) {
            throw notOurs(file, "its first entry has " + manifestSize + " bytes");
        }

        Walk walk = new Walk(file);
        walk.entry(Manifest.MANIFEST_FILE, manifestSize);
        if (size - walk.offset < StoredZip.LOCAL_SIZE + Manifest.HASH_FILE.length() + HASH_FILE_SIZE) {
            throw notOurs(file, "it ends behind the manifest");
        }
        walk.entry(Manifest.HASH_FILE, HASH_FILE_SIZE);
        ByteBuffer manifest = walk.place(Manifest.MANIFEST_FILE).read(false);
        ManifestJson json =
                Contents.manifest(manifest, walk.place(Manifest.HASH_FILE).read(false));

        long expected = StoredZip.endSize()
                + StoredZip.entrySize(Manifest.MANIFEST_FILE, manifestSize)
                + StoredZip.entrySize(Manifest.HASH_FILE, HASH_FILE_SIZE);
        for (Map.Entry<String, FileEntry> entry : json.files().entrySet()) {
            expected += StoredZip.entrySize(entry.getKey(), entry.getValue().size());
        }
        if (size != expected) {
            throw new MalformedException(
                    "size: " + size + " bytes (expected: " + expected + " as the manifest says), bundle " + bundle);
        }
        for (Map.Entry<String, FileEntry> entry : json.files().entrySet()) {
            json.requireHash(
                    entry.getKey(),
                    walk.contents(entry.getKey(), entry.getValue().size()));
            walk.header(entry.getKey(), entry.getValue().size());
        }
        walk.end();
        walk.places.remove(Manifest.MANIFEST_FILE);
        walk.places.remove(Manifest.HASH_FILE);
        return new Contents(bundle, json, Sha256.of(manifest), walk.places);
    }

    /** Goes through the file, entry by entry, and compares what lies between the contents with what must be there. */
    private static final class Walk {
        private final Path file;
        private final StoredZip zip = new StoredZip();
        private final Map<String, Place> places = new TreeMap<>();
        private final CRC32 crc = new CRC32();
        private long offset;

        Walk(Path file) {
            this.file = file;
        }

        /** The SHA-256 of the contents of the entry that must come next; {@link #header} has to follow. */
        String contents(String name, long size) throws IOException {
            Place place = new Place(name, file, offset + StoredZip.LOCAL_SIZE + name.length(), size);
            places.put(name, place);
            crc.reset();
            return place.sha256(crc);
        }

        /** Checks what lies before the contents just read: after their hash, whose error says more. */
        void header(String name, long size) throws IOException {
            require(zip.local(name, size, crc.getValue()), name);
            offset += size;
        }

        void entry(String name, long size) throws IOException {
            contents(name, size);
            header(name, size);
        }

        Place place(String name) {
            Place place = places.get(name);
            if (place == null) {
                throw new IllegalStateException("no place of " + name);
            }
            return place;
        }

        void end() throws IOException {
            require(zip.end(), "the zip file's directory");
        }

        private void require(byte[] expected, String where) throws IOException {
            ByteBuffer actual = new Place(where, file, offset, expected.length).read(false);
            for (int at = 0; at < expected.length; at++) {
                if (actual.get(at) != expected[at]) {
                    throw notOurs(file, "byte " + (offset + at) + " of it, at " + where + ", is another");
                }
            }
            offset += expected.length;
        }
    }

    private static MalformedException notOurs(Path file, String why) {
        return new MalformedException("bundle: " + why + " (expected: a file as Narrows writes it; a bundle that"
                + " another tool zipped has to be unpacked into a directory), " + file);
    }

    /** Puts the parts of a bundle into one list, in the order of the file. */
    static List<ByteBuffer> write(Map<String, ByteBuffer> parts) {
        StoredZip zip = new StoredZip();
        List<ByteBuffer> bytes = new ArrayList<>();
        parts.forEach((name, contents) -> {
            CRC32 crc = new CRC32();
            crc.update(contents.duplicate());
            bytes.add(ByteBuffer.wrap(zip.local(name, contents.remaining(), crc.getValue())));
            bytes.add(contents.duplicate());
        });
        bytes.add(ByteBuffer.wrap(zip.end()));
        return bytes;
    }
}
