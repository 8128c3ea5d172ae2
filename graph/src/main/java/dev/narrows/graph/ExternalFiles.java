package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * External data in the directory of a model file. Files up to 2 GiB are mapped into memory once, larger ones for each
 * tensor; nothing outside the directory is opened, symbolic links included.
 */
final class ExternalFiles implements OnnxReader.ExternalData {

    private final Path directory;
    private final Map<Path, ByteBuffer> mapped = new HashMap<>();

    ExternalFiles(Path directory) {
        this.directory = directory;
    }

    /** Refuses a location that is no plain relative path; the same on every system, whatever its separators are. */
    static String checkLocation(String location) {
        boolean plain = !location.isEmpty()
                && !location.startsWith("/")
                && location.indexOf('\\') < 0
                && location.indexOf(':') < 0
                && location.chars().noneMatch(Character::isISOControl);
        for (String part : location.split("/", -1)) {
            plain &= !part.isEmpty() && !part.equals("..");
        }
        if (!plain) {
            throw new InvalidException("external data: location \"" + location
                    + "\" (expected: a relative path in the model's directory)");
        }
        return location;
    }

    @Override
    public ByteBuffer read(String location, long offset, long length) {
        try {
            Path file = inside(checkLocation(location));
            long size = Files.size(file);
            long wanted = length == -1 ? size - offset : length;
            if (offset < 0 || wanted < 0 || offset > size || wanted > size - offset) {
                throw new MalformedException("external data: bytes " + offset + " to " + (offset + wanted)
                        + " (expected: within " + size + "), file \"" + location + "\"");
            }
            if (wanted > Integer.MAX_VALUE) {
                throw new InvalidException("external data: " + wanted
                        + " bytes (expected: at most 2 GiB at once), file \"" + location + "\"");
            }
            if (size > Integer.MAX_VALUE) {
                return map(file, offset, wanted);
            }
            ByteBuffer whole = mapped.get(file);
            if (whole == null) {
                whole = map(file, 0, size);
                mapped.put(file, whole);
            }
            return whole.slice((int) offset, (int) wanted);
        } catch (IOException e) {
            throw new UnavailableException("external data: cannot be read (" + e + "), file \"" + location + "\"", e);
        }
    }

    private Path inside(String location) throws IOException {
        Path root = directory.toRealPath();
        Path file;
        try {
            file = root.resolve(location);
        } catch (InvalidPathException e) {
            throw new InvalidException("external data: location \"" + location + "\" (expected: a path)", e);
        }
        if (!Files.isRegularFile(file)) {
            throw new InvalidException(
                    "external data: file \"" + location + "\" is missing (expected: in " + directory + ")");
        }
        Path real = file.toRealPath();
        if (!real.startsWith(root)) {
            // Where the link leads is not said: the text may reach whoever sends requests to a server.
            throw new InvalidException(
                    "external data: file \"" + location + "\" is a link to another place (expected: in " + root + ")");
        }
        return real;
    }

    /** A view of a part of a file; it stays valid when the channel is closed. */
    static ByteBuffer map(Path file, long offset, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
        }
    }
}
