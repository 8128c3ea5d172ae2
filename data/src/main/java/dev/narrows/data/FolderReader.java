package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Images, sounds or arrays in a directory: a folder a class, or classes and groups by the files' names. Files with other
 * endings and hidden ones are left out; folders without items are no classes.
 */
public final class FolderReader {

    private static final String LABEL = "label";
    private static final String GROUP = "group";
    /** What the folder of the test items may be called; the first that is there. */
    private static final List<String> TEST = List.of("test", "val");

    private FolderReader() {}

    /**
     * The items in and below a directory, in the order of their paths.
     *
     * @throws InvalidException if there are none, some are in class folders and others not, or a name does not match
     *     {@link DataOptions#namePattern}
     */
    public static Dataset read(Path directory, DataOptions options) {
        return read(directory, options, Classes.UNKNOWN);
    }

    static Dataset read(Path directory, DataOptions options, Classes classes) {
        List<Path> files = items(directory);
        if (files.isEmpty()) {
            throw new InvalidException(
                    "items: 0 in \"" + directory + "\" (expected: files " + FileItems.endings() + ")");
        }
        List<String> names = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        boolean byName = has(options, LABEL);
        boolean flat = !byName && files.stream().allMatch(file -> directory.equals(file.getParent()));
        for (Path file : files) {
            Optional<Matcher> matched = options.namePattern().map(pattern -> match(pattern, file));
            if (has(options, GROUP)) {
                groups.add(matched.map(name -> name.group(GROUP)).orElse(""));
            }
            if (byName) {
                names.add(matched.map(name -> name.group(LABEL)).orElse(""));
            } else if (!flat) {
                names.add(folder(directory, file));
            }
        }
        List<Labels> labels = flat
                ? List.of()
                : List.of(classes.named(Labels.TASK, names, item -> "file \"" + files.get(item) + "\""));
        return FileItems.of(files, options, labels, groups);
    }

    /** {@code train} and {@code test} where they are there, else the directory itself. */
    static Optional<DataSource> open(Path path, DataOptions options) {
        if (!Files.isDirectory(path)) {
            return Optional.empty();
        }
        Path train = path.resolve("train");
        if (Files.isDirectory(train)) {
            Dataset data = read(train, options);
            Optional<Path> test =
                    TEST.stream().map(path::resolve).filter(Files::isDirectory).findFirst();
            return Optional.of(new DataSource(data, test.map(folder -> read(folder, options, Classes.of(data)))));
        }
        return items(path).isEmpty()
                ? Optional.empty()
                : Optional.of(new DataSource(read(path, options), Optional.empty()));
    }

    private static List<Path> items(Path directory) {
        return Listing.allFiles(directory).stream()
                .filter(file -> FileItems.form(file).isPresent())
                .toList();
    }

    private static boolean has(DataOptions options, String group) {
        return options.namePattern()
                .filter(pattern -> pattern.pattern().contains("(?<" + group + ">"))
                .isPresent();
    }

    private static Matcher match(Pattern pattern, Path file) {
        Matcher matcher = pattern.matcher(file.getFileName().toString());
        if (!matcher.matches()) {
            throw new InvalidException("name: \"" + file.getFileName() + "\" (expected: a match of \"" + pattern
                    + "\"), file \"" + file + "\"");
        }
        return matcher;
    }

    private static String folder(Path directory, Path file) {
        Path relative = directory.relativize(file);
        if (relative.getNameCount() < 2) {
            throw new InvalidException(
                    "item outside of a class's folder (expected: all in folders or none), file \"" + file + "\"");
        }
        return relative.getName(0).toString();
    }
}
