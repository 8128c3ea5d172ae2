package dev.narrows.cloud;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.bundle.Manifest;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The bundles and ONNX files below a directory. Links are followed; names that start with a dot are left out. */
final class ModelFiles {

    private static final List<String> SUFFIXES = List.of(".narrows", ".onnx");

    private ModelFiles() {}

    /** What lies in a place: a bundle (a directory with a manifest, or a single file) or an ONNX file. */
    record Found(String name, Path path, boolean bundle) {}

    /**
     * The models of {@code source}, by path and so always in the same order.
     *
     * @param source a bundle, an ONNX file, or a directory with any number of both at any depth
     * @throws InvalidException if there is nothing at {@code source}, or it is neither
     */
    static List<Found> in(Path source) {
        if (!Files.exists(source)) {
            throw new InvalidException("models: " + source + " (expected: a directory, a bundle or an ONNX file)");
        }
        Path root = source.toAbsolutePath().normalize();
        if (isModel(root)) {
            return List.of(found(root, root.getFileName()));
        }
        if (!Files.isDirectory(root)) {
            throw new InvalidException("models: " + source + " (expected: a name in .narrows or .onnx)");
        }
        Map<Path, Found> models = new TreeMap<>();
        try {
            Files.walkFileTree(
                    root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                            if (hidden(root, directory)) {
                                return FileVisitResult.SKIP_SUBTREE;
                            }
                            if (isModel(directory)) {
                                models.put(directory, found(directory, root.relativize(directory)));
                                return FileVisitResult.SKIP_SUBTREE;
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            if (!hidden(root, file) && isModel(file)) {
                                models.put(file, found(file, root.relativize(file)));
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UnavailableException("models: " + source + " cannot be read: " + e, e);
        }
        return List.copyOf(models.values());
    }

    private static boolean isModel(Path path) {
        if (Files.isDirectory(path)) {
            return Files.isRegularFile(path.resolve(Manifest.MANIFEST_FILE));
        }
        String name = path.toString();
        return SUFFIXES.stream().anyMatch(name::endsWith);
    }

    private static boolean hidden(Path root, Path path) {
        return !path.equals(root) && path.getFileName().toString().startsWith(".");
    }

    private static Found found(Path path, Path relative) {
        StringBuilder name = new StringBuilder();
        for (Path part : relative) {
            name.append(name.length() == 0 ? "" : "/").append(part);
        }
        boolean bundle = Files.isDirectory(path) || path.toString().endsWith(".narrows");
        for (String suffix : SUFFIXES) {
            if (name.length() > suffix.length() && name.toString().endsWith(suffix)) {
                name.setLength(name.length() - suffix.length());
                break;
            }
        }
        return new Found(name.toString(), path, bundle);
    }
}
