package dev.narrows.items;

import dev.narrows.errors.InvalidException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** Files of items, from what a user names: files, directories and patterns. */
public final class InputFiles {

    /** The endings by which items are found in directories, in lower case. */
    public static final List<String> ENDINGS = List.of(".wav", ".png", ".jpg", ".jpeg", ".npy");

    private static final String PATTERN_CHARACTERS = "*?[{";

    private InputFiles() {}

    /**
     * The files that the arguments name, each once, in the arguments' order: a file stands for itself, a directory for
     * all files in and below it with one of {@link #ENDINGS}, anything else is a glob pattern. What a directory or a
     * pattern gives is sorted by path, the same on every machine; hidden files are left out.
     *
     * @throws InvalidException if an argument names nothing
     */
    public static List<Path> of(List<String> arguments) {
        Set<Path> files = new LinkedHashSet<>();
        for (String argument : arguments) {
            files.addAll(expand(argument));
        }
        return List.copyOf(files);
    }

    private static List<Path> expand(String argument) {
        Path path = Path.of(argument);
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        if (Files.isDirectory(path)) {
            List<Path> items = walk(path, InputFiles::isItem);
            if (items.isEmpty()) {
                throw new InvalidException(
                        "input: no items in \"" + argument + "\" (expected: files " + String.join(", ", ENDINGS) + ")");
            }
            return items;
        }
        if (argument.chars().noneMatch(c -> PATTERN_CHARACTERS.indexOf(c) >= 0)) {
            throw new InvalidException("input: no such file or directory: \"" + argument + "\"");
        }
        List<Path> matches = match(argument);
        if (matches.isEmpty()) {
            throw new InvalidException("input: nothing matches \"" + argument + "\"");
        }
        return matches;
    }

    private static List<Path> match(String pattern) {
        // The directory to look in is what stands before the first part with a pattern character.
        int first = 0;
        while (PATTERN_CHARACTERS.indexOf(pattern.charAt(first)) < 0) {
            first++;
        }
        int slash = pattern.lastIndexOf('/', first);
        String parent = slash < 0 ? "" : pattern.substring(0, Math.max(slash, 1));
        Path base = Path.of(parent.isEmpty() ? "." : parent);
        if (!Files.isDirectory(base)) {
            throw new InvalidException("input: no such directory: \"" + base + "\", pattern \"" + pattern + "\"");
        }
        try {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern.substring(slash + 1));
            return walk(base, file -> matcher.matches(base.relativize(file))).stream()
                    .map(file -> parent.isEmpty() ? base.relativize(file) : file)
                    .toList();
        } catch (PatternSyntaxException e) {
            throw new InvalidException("input: not a pattern: \"" + pattern + "\": " + e.getDescription(), e);
        }
    }

    private static List<Path> walk(Path directory, java.util.function.Predicate<Path> wanted) {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            files.filter(file -> Files.isRegularFile(file) && !hidden(directory.relativize(file)) && wanted.test(file))
                    .forEach(found::add);
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidException("input: cannot be read: \"" + directory + "\": " + e.getMessage(), e);
        }
        found.sort(java.util.Comparator.comparing(Path::toString));
        return found;
    }

    private static boolean hidden(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isItem(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return ENDINGS.stream().anyMatch(name::endsWith);
    }
}
