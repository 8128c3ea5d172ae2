package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A CSV file that lists items: a column names files (relative to the manifest), or several do, one for each modality;
 * others are labels (each a task; an empty cell is not known) and the group. Images, sounds or arrays by their endings.
 */
public final class ManifestReader {

    private ManifestReader() {}

    /**
     * The items in the manifest's order.
     *
     * @throws dev.narrows.errors.MalformedException if the manifest is no CSV with as many cells in each row
     * @throws InvalidException if a column or a file that is named is not there
     */
    public static Dataset read(Path manifest, DataOptions options) {
        return read(manifest, options, Classes.UNKNOWN);
    }

    static Dataset read(Path manifest, DataOptions options, Classes classes) {
        try (CsvFile csv = CsvFile.open(manifest)) {
            List<Integer> fileColumns =
                    options.fileColumns().stream().map(csv::column).toList();
            CsvFile.Chosen chosen = csv.choose(options);
            List<List<Path>> files = new ArrayList<>();
            fileColumns.forEach(column -> files.add(new ArrayList<>()));
            List<Long> lines = new ArrayList<>();
            List<String> groups = new ArrayList<>();
            List<List<String>> names = new ArrayList<>();
            chosen.labels().forEach(column -> names.add(new ArrayList<>()));
            while (csv.hasNext()) {
                CsvFile.Row row = csv.next();
                for (int i = 0; i < files.size(); i++) {
                    files.get(i).add(file(manifest, row, fileColumns.get(i)));
                }
                lines.add(row.line());
                chosen.group().ifPresent(column -> groups.add(row.cells().get(column)));
                for (int task = 0; task < names.size(); task++) {
                    names.get(task).add(row.cells().get(chosen.labels().get(task)));
                }
            }
            if (lines.isEmpty()) {
                throw new InvalidException("items: 0 (expected: 1 or more), file \"" + manifest + "\"");
            }
            List<Labels> labels = new ArrayList<>();
            for (int task = 0; task < names.size(); task++) {
                labels.add(classes.named(
                        csv.columns().get(chosen.labels().get(task)),
                        names.get(task),
                        item -> "line " + lines.get(item) + ", file \"" + manifest + "\""));
            }
            Map<String, Dataset> modalities = new LinkedHashMap<>();
            for (int i = 0; i < files.size(); i++) {
                modalities.put(options.fileColumns().get(i), FileItems.of(files.get(i), options, labels, groups));
            }
            return Datasets.joined(modalities);
        }
    }

    private static Path file(Path manifest, CsvFile.Row row, int column) {
        Path file = manifest.resolveSibling(row.cells().get(column));
        if (!Files.isRegularFile(file)) {
            throw new InvalidException(
                    "no such file: \"" + file + "\", line " + row.line() + ", file \"" + manifest + "\"");
        }
        return file;
    }
}
