package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.InputArchive;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OutputArchive;
import org.bytedeco.pytorch.Tensor;

/*
 * A checkpoint is a directory epoch-N with
 *
 *     weights.pt     the objective's state, in libtorch's archive
 *     average.pt     the moving averages; empty if there are none
 *     best.pt        the state at the best evaluation
 *     optimizer.pt   the optimiser's
 *     curve.csv      all epochs so far
 *     settings.txt   what the training was asked for: a training with other settings must not go on from here
 *     sums.txt       lines of CRC-32 and name of the files above, for libtorch reads what has changed as if it were well
 *
 * It is written as epoch-N.part, forced to disk, then renamed, and older ones are removed after that: whenever the process
 * or the machine dies, the last directory without .part is whole.
 */

/** Checkpoints of one training in one directory. */
final class Checkpoint {

    private static final String PREFIX = "epoch-";
    private static final String PART = ".part";
    private static final String SETTINGS = "settings.txt";
    private static final String CURVE = "curve.csv";
    private static final String SUMS = "sums.txt";
    private static final int CHUNK = 1 << 16;

    private final Path directory;

    private Checkpoint(Path directory) {
        this.directory = directory;
    }

    /** The newest whole one in a directory, if there is any. */
    static Optional<Checkpoint> newest(Path directory) {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        return all(directory).stream()
                .max(Comparator.comparingInt(Checkpoint::number))
                .map(Checkpoint::new);
    }

    private static List<Path> all(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(path -> number(path) >= 0).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The epoch of a whole checkpoint's directory; -1 for other paths. */
    private static int number(Path path) {
        String name = path.getFileName().toString();
        return name.matches(PREFIX + "\\d{1,9}") ? Integer.parseInt(name.substring(PREFIX.length())) : -1;
    }

    /**
     * Writes one, in place of those that were.
     *
     * @param states by file name without ending
     */
    static void write(
            Path directory, Curve curve, String settings, Map<String, Map<String, Tensor>> states, Descent descent) {
        int epoch = curve.points().size();
        Path whole = directory.resolve(PREFIX + epoch);
        Path part = directory.resolve(PREFIX + epoch + PART);
        try {
            remove(part);
            Files.createDirectories(part);
            states.forEach((name, state) -> save(part.resolve(name + ".pt"), state));
            descent.save(part.resolve("optimizer.pt"));
            Files.writeString(part.resolve(CURVE), curve.csv());
            Files.writeString(part.resolve(SETTINGS), settings);
            Files.writeString(part.resolve(SUMS), sums(files(part)));
            force(part.resolve(SUMS));
            for (Path file : files(part)) {
                force(file);
            }
            force(part);
            remove(whole);
            Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
            force(directory);
            for (Path other : all(directory)) {
                if (number(other) != epoch) {
                    remove(other);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidException("checkpoint: cannot be written: " + e.getMessage() + ", \"" + whole + "\"", e);
        }
    }

    /** All that are summed. */
    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> !file.endsWith(SUMS)).sorted().toList();
        }
    }

    private static String sums(List<Path> files) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Path file : files) {
            lines.append(sum(file)).append(' ').append(file.getFileName()).append('\n');
        }
        return lines.toString();
    }

    private static String sum(Path file) throws IOException {
        CRC32 sum = new CRC32();
        try (InputStream bytes = Files.newInputStream(file)) {
            byte[] part = new byte[CHUNK];
            for (int read = bytes.read(part); read >= 0; read = bytes.read(part)) {
                sum.update(part, 0, read);
            }
        }
        return String.format(Locale.ROOT, "%08x", sum.getValue());
    }

    /** @throws MalformedException if a file is missing or not as it was written */
    void requireWhole() {
        List<String> written = text(SUMS).lines().toList();
        List<String> there;
        try {
            there = sums(files(directory)).lines().toList();
        } catch (IOException e) {
            throw new MalformedException("checkpoint: cannot be read, \"" + directory + "\"", e);
        }
        if (!written.equals(there)) {
            String changed = written.stream()
                    .filter(line -> !there.contains(line))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .orElse(SUMS);
            throw new MalformedException(
                    "checkpoint: damaged, \"" + directory.resolve(changed) + "\" (expected: as " + SUMS + " says)");
        }
    }

    /** A directory is opened for reading: to write there is to write its entries. */
    private static void force(Path path) throws IOException {
        boolean entries = Files.isDirectory(path);
        if (entries && File.separatorChar == '\\') {
            return; // Windows opens no directory, and keeps a rename by itself
        }
        try (FileChannel channel =
                FileChannel.open(path, entries ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    Curve curve() {
        return Curve.parse(text(CURVE));
    }

    /** @throws InvalidException if the checkpoint is of a training with other settings */
    void require(String settings) {
        String found = text(SETTINGS);
        if (!found.equals(settings)) {
            throw new InvalidException("checkpoint: of another training (expected: the same settings, or another "
                    + "directory), \"" + directory + "\"\n  there: " + found + "\n  asked: " + settings);
        }
    }

    private String text(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (IOException e) {
            throw new MalformedException("checkpoint: damaged, \"" + directory.resolve(file) + "\"", e);
        }
    }

    /**
     * Reads a state into weights that are there.
     *
     * @throws MalformedException if the file is damaged or of another network
     */
    void read(String name, Map<String, Tensor> state) {
        Path file = directory.resolve(name + ".pt");
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            InputArchive archive = new InputArchive();
            archive.load_from(file.toString());
            for (Map.Entry<String, Tensor> entry : state.entrySet()) {
                IValue value = new IValue();
                archive.read(key(entry.getKey()), value);
                entry.getValue().detach().copy_(value.toTensor());
            }
        } catch (RuntimeException e) {
            throw new MalformedException("checkpoint: damaged or of another network, \"" + file + "\"", e);
        }
    }

    void read(Descent descent) {
        descent.load(directory.resolve("optimizer.pt"));
    }

    private static void save(Path file, Map<String, Tensor> state) {
        try (PointerScope scope = new PointerScope()) {
            OutputArchive archive = new OutputArchive();
            state.forEach((name, tensor) ->
                    archive.write(key(name), new IValue(tensor.detach().contiguous())));
            archive.save_to(file.toString());
        } catch (RuntimeException e) { // libtorch's, whose first line is the message
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new UncheckedIOException(new IOException(message, e));
        }
    }

    /** An archive's names may hold no dots. */
    private static String key(String name) {
        StringBuilder key = new StringBuilder("w");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isLetterOrDigit(c) && c < 128) {
                key.append(c);
            } else {
                key.append('_').append((int) c).append('_');
            }
        }
        return key.toString();
    }
}
