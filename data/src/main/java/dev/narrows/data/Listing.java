package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What lies in a directory or where its links lead, sorted by name, the same on every machine; hidden ones left out. */
final class Listing {

    private Listing() {}

    /** The files right in a directory. */
    static List<Path> files(Path directory) {
        return list(directory).filter(Files::isRegularFile).toList();
    }

    /** The folders right in a directory. */
    static List<Path> folders(Path directory) {
        return list(directory).filter(Files::isDirectory).toList();
    }

    /** The files in a directory and below it. */
    static List<Path> allFiles(Path directory) {
        try (Stream<Path> found = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            return found.filter(file -> Files.isRegularFile(file) && !hidden(directory.relativize(file)))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(directory, e);
        }
    }

    private static Stream<Path> list(Path directory) {
        try (Stream<Path> found = Files.list(directory)) {
            return found
                    .filter(path -> !hidden(path.getFileName()))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList()
                    .stream();
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(directory, e);
        }
    }

    private static boolean hidden(Path relative) {
        return StreamSupport.stream(relative.spliterator(), false)
                .anyMatch(part -> part.toString().startsWith("."));
    }

    private static InvalidException unreadable(Path directory, Exception cause) {
        return new InvalidException("cannot be read: \"" + directory + "\": " + cause.getMessage(), cause);
    }
}
