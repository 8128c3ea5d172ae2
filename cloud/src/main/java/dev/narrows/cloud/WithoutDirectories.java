package dev.narrows.cloud;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the directories of a model's file out of a text: senders learn the file's name, not where it lies on the
 * server. Tensor names, which often look like paths, stay as they are.
 */
final class WithoutDirectories {

    private static final String NAME_PART = "[\\w./-]";

    private final List<Pattern> directories;

    /** @param file of a model, or a bundle's directory */
    WithoutDirectories(Path file) {
        // Longest first: one may lie in another.
        TreeSet<String> found =
                new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(text -> text));
        Path place = file.toAbsolutePath();
        add(place, found);
        // Readers follow links, and name what they found there.
        add(real(place), found);
        Path parent = place.getParent();
        if (parent != null) {
            add(real(parent).resolve("file"), found);
        }
        directories = found.stream()
                .map(text -> Pattern.compile("(?<!" + NAME_PART + ")" + Pattern.quote(text) + "([/\\\\]|(?![\\w-]))"))
                .toList();
    }

    /** The text with the names of files for their paths. */
    String in(String text) {
        String without = text;
        for (Pattern directory : directories) {
            without = directory.matcher(without).replaceAll(found -> {
                boolean whole = found.group(1).isEmpty();
                return Matcher.quoteReplacement(whole ? "its directory" : "");
            });
        }
        return without;
    }

    private static void add(Path file, Set<String> directories) {
        Path directory = file.getParent();
        if (directory != null && directory.getNameCount() > 0) {
            directories.add(directory.toString());
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.normalize(); // gone since it was found: no reader can have followed it either
        }
    }
}
