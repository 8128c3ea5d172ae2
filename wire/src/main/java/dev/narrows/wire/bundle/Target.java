package dev.narrows.wire.bundle;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a bundle is to be: written beside it first, then moved there. */
final class Target {

    private final Path path; // absolute
    private final boolean zip;

    Target(Path target) {
        path = target.toAbsolutePath().normalize();
        if (path.getFileName() == null) {
            throw new InvalidException("target: " + target + " (expected: a name in a folder)");
        }
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        zip = name.endsWith(".narrows") || name.endsWith(".zip");
    }

    /** Writes the files, by path and in the order of the map; all of them, or none if this throws. */
    void write(Map<String, ByteBuffer> files) {
        requireReplaceable();
        Path fresh = beside("new");
        try {
            Path folder = path.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (zip) {
                write(fresh, BundleZip.write(files));
                Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                for (Map.Entry<String, ByteBuffer> file : files.entrySet()) {
                    Path at = fresh.resolve(file.getKey());
                    Files.createDirectories(at.getParent());
                    write(at, List.of(file.getValue()));
                }
                moveDirectory(fresh);
            }
        } catch (IOException e) {
            throw new UnavailableException("bundle: cannot be written: " + e + ", " + path, e);
        } finally {
            delete(fresh);
        }
    }

    /** A full directory cannot be replaced in one step: the old one steps aside and comes back if the move fails. */
    private void moveDirectory(Path fresh) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        Path old = beside("old");
        Files.move(path, old, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(old, path, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        delete(old);
    }

    private Path beside(String what) {
        return path.resolveSibling("." + path.getFileName() + "." + what + "-" + UUID.randomUUID());
    }

    /** Only a bundle, whole and of the same form, or an empty directory is replaced: anything else may be somebody's work. */
    private void requireReplaceable() {
        try {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
            boolean plain = directory || Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
            if (!plain || directory == zip) {
                throw new InvalidException("target: " + path + " is " + (directory ? "a directory" : "no directory")
                        + " (expected: " + (zip ? "a bundle file" : "a bundle's directory") + ", or nothing)");
            }
            if (directory && isEmpty()) {
                return;
            }
            Contents.read(path);
        } catch (InvalidException e) {
            throw e;
        } catch (NarrowsException | IOException e) {
            throw new InvalidException(
                    "target: " + path + " is there and is no whole bundle (expected: a bundle to replace, or nothing): "
                            + e.getMessage(),
                    e);
        }
    }

    private boolean isEmpty() throws IOException {
        try (var entries = Files.newDirectoryStream(path)) {
            return !entries.iterator().hasNext();
        }
    }

    private static void write(Path file, List<ByteBuffer> parts) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            for (ByteBuffer part : parts) {
                ByteBuffer rest = part.duplicate();
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
            }
            channel.force(true);
        }
    }

    /** Deletes what is left of a write; what cannot be deleted stays beside the bundle, under a hidden name. */
    private static void delete(Path root) {
        try {
            if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            Files.walkFileTree(root, new SimpleFileVisitor<Path>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException error)
                        throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UnavailableException("left over: " + root + " cannot be deleted: " + e, e);
        }
    }
}
