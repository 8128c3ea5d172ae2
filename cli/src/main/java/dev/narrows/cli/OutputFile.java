package dev.narrows.cli;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a command is to write a file, looked at before the work begins and not after it. */
record OutputFile(Path path) {

    /**
     * Refuses what cannot be written, and to replace what is read.
     *
     * @param read the file that the network comes from; replaced only by {@code force}
     * @throws WrongUseException if it is a directory, or that file
     * @throws InvalidException if it cannot be made where it is to be
     */
    void check(Path read, boolean force) throws IOException {
        check(read, force, "another file, or --force");
    }

    /** The same for commands that have no {@code --force}. */
    void check(Path read) throws IOException {
        check(read, false, "another file");
    }

    private void check(Path read, boolean force, String expected) throws IOException {
        if (!force && Files.exists(path) && Files.exists(read) && Files.isSameFile(path, read)) {
            throw new WrongUseException(
                    "--output: \"" + path + "\" is the file that is read (expected: " + expected + ")");
        }
        checkPlace("--output");
    }

    /**
     * Refuses what cannot be written.
     *
     * @param option that names it
     */
    void checkPlace(String option) {
        if (Files.isDirectory(path)) {
            throw new WrongUseException(option + ": \"" + path + "\" is a directory (expected: a file)");
        }
        Path place = path.toAbsolutePath().getParent();
        while (place != null && !Files.exists(place)) {
            place = place.getParent();
        }
        if (place == null || !Files.isDirectory(place) || !Files.isWritable(place)) {
            throw new InvalidException(
                    option + ": \"" + path + "\" cannot be made (expected: a place in a directory that "
                            + "can be written to), place \"" + place + "\"");
        }
    }

    /** Writes the network and its checksum, and the directories that are not there yet. */
    void write(Network network) throws IOException {
        createDirectories();
        OnnxFiles.write(network, path);
    }

    /** Writes bytes, whole or not at all, and the directories that are not there yet. */
    void write(ByteBuffer bytes) throws IOException {
        createDirectories();
        OnnxFiles.replace(path, bytes);
    }

    /** The same with text. */
    void write(String text) throws IOException {
        write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void createDirectories() throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
    }
}
