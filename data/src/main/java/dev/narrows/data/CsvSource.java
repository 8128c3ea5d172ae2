package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a CSV file is (a manifest if it has a column of files, else a series), and where one is in a directory. */
final class CsvSource {

    private CsvSource() {}

    /** A CSV file; or {@code train.csv} and {@code test.csv} of a directory, or the one manifest in it. */
    static Optional<DataSource> open(Path path, DataOptions options) {
        if (!Files.isDirectory(path)) {
            return isCsv(path)
                    ? Optional.of(new DataSource(read(path, options, Classes.UNKNOWN), Optional.empty()))
                    : Optional.empty();
        }
        Path train = path.resolve("train.csv");
        Path test = path.resolve("test.csv");
        if (Files.isRegularFile(train)) {
            Dataset data = read(train, options, Classes.UNKNOWN);
            return Optional.of(new DataSource(
                    data,
                    Files.isRegularFile(test) ? Optional.of(read(test, options, Classes.of(data))) : Optional.empty()));
        }
        List<Path> manifests = Listing.files(path).stream()
                .filter(file -> isCsv(file) && isManifest(file, options))
                .toList();
        if (manifests.size() > 1) {
            throw new InvalidException(
                    "manifests: " + manifests + " (expected: 1, or train.csv; name the manifest itself)");
        }
        return manifests.stream()
                .findFirst()
                .map(file -> new DataSource(ManifestReader.read(file, options), Optional.empty()));
    }

    private static Dataset read(Path file, DataOptions options, Classes classes) {
        return isManifest(file, options)
                ? ManifestReader.read(file, options, classes)
                : SeriesReader.read(file, options, classes);
    }

    private static boolean isManifest(Path file, DataOptions options) {
        try (CsvFile csv = CsvFile.open(file)) {
            return options.fileColumns().stream().anyMatch(csv.columns()::contains);
        }
    }

    private static boolean isCsv(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
    }
}
