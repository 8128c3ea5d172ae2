package dev.narrows.wire.bundle;

import dev.narrows.errors.MalformedException;
import dev.narrows.wire.bundle.ManifestJson.FileEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** A bundle as a directory. It holds the manifest, its hash, the files the manifest lists, and nothing else. */
final class BundleDirectory {

    /** More than any bundle has; a walk through the wrong directory ends here. */
    private static final int MOST_FILES = 10_000;

    private BundleDirectory() {}

    static Contents read(Path bundle, Path root) throws IOException {
        Map<String, Long> sizes = sizes(root);
        ByteBuffer manifest = text(root, sizes, Manifest.MANIFEST_FILE, FileRules.LARGEST_MANIFEST);
        ByteBuffer hashFile = text(root, sizes, Manifest.HASH_FILE, FileRules.LARGEST_MANIFEST);
        ManifestJson json = Contents.manifest(manifest, hashFile);
        sizes.remove(Manifest.MANIFEST_FILE);
        sizes.remove(Manifest.HASH_FILE);
        Map<String, Place> places = new TreeMap<>();
        for (Map.Entry<String, FileEntry> file : json.files().entrySet()) {
            String name = file.getKey();
            Long size = sizes.remove(name);
            if (size == null || size != file.getValue().size()) {
                throw new MalformedException("size: " + (size == null ? "no file" : size + " bytes") + " (expected: "
                        + file.getValue().size() + " bytes), file \"" + name + "\", bundle " + bundle);
            }
            places.put(name, new Place(name, root.resolve(name), 0, size));
        }
        if (!sizes.isEmpty()) {
            throw new MalformedException("file: \"" + sizes.keySet().iterator().next()
                    + "\" (expected: only files that the manifest lists), bundle " + bundle);
        }
        for (Place place : places.values()) {
            json.requireHash(place.name(), place.sha256(new CRC32()));
        }
        return new Contents(bundle, json, Sha256.of(manifest), places);
    }

    private static ByteBuffer text(Path root, Map<String, Long> sizes, String name, int largest) throws IOException {
        Long size = sizes.get(name);
        if (size == null) {
            throw new MalformedException("file: no \"" + name + "\" (expected: a bundle has one), directory " + root);
        }
        if (size > largest) {
            throw new MalformedException(
                    "size: " + size + " bytes (expected: at most " + largest + "), file \"" + name + "\"");
        }
        return new Place(name, root.resolve(name), 0, size).read(false);
    }

    /** The sizes of all files by path; a link, whose target might change or lie elsewhere, is refused. */
    private static Map<String, Long> sizes(Path root) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        FileVisitor<Path> visitor = new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = root.relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), "/");
                if (!attributes.isRegularFile()) {
                    throw new MalformedException("file: \"" + name
                            + "\" is a link or a special file (expected: plain files), bundle " + root);
                }
                sizes.put(name, attributes.size());
                if (sizes.size() > MOST_FILES) {
                    throw new MalformedException(
                            "files: more than " + MOST_FILES + " (expected: a bundle), directory " + root);
                }
                return FileVisitResult.CONTINUE;
            }
        };
        Files.walkFileTree(root, visitor);
        return sizes;
    }
}
