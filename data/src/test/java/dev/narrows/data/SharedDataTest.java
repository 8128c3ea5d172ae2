package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Public data sets as they are published; skipped where they are not at hand. */
class SharedDataTest {

    @TempDir
    Path directory;

    @Test
    void fashionMnist_has60000And10000ImagesOfTenClassesEach() {
        DataSource source = DataSource.open(shared("data/fashion-mnist"), DataOptions.DEFAULT);
        Dataset test = source.test().orElseThrow();

        assertThat(source.train().size()).isEqualTo(60_000);
        assertThat(test.size()).isEqualTo(10_000);
        assertThat(test.shape()).containsExactly(1, 28, 28);
        // As the official files begin.
        assertThat(Arrays.copyOf(source.train().labels().get(0).of(), 10))
                .containsExactly(9, 0, 0, 3, 0, 2, 7, 2, 5, 5);
        assertThat(Arrays.copyOf(test.labels().get(0).of(), 10)).containsExactly(9, 2, 1, 1, 6, 1, 4, 6, 5, 7);
        assertThat(Splits.byClass(source.train())).hasSize(10).allMatch(places -> places.length == 6000);
    }

    @Test
    void spokenDigits_bySpeaker_areCompleteAndApart() throws IOException {
        unzip(shared("data/fsdd/recordings.zip"));
        DataOptions options = DataOptions.builder()
                .rate(8000)
                .seconds(0.5)
                .namePattern("(?<label>\\d)_(?<group>[a-z]+)_\\d+\\.wav")
                .build();

        Dataset data = DataSource.open(directory, options).train();
        Split split = Splits.byGroup(data, List.of("theo"));

        assertThat(data.size()).isEqualTo(3000);
        assertThat(data.labels().get(0).classes()).hasSize(10);
        assertThat(data.shape()).containsExactly(4000);
        assertThat(split.test().size()).isEqualTo(500);
        assertThat(speakers(split.train())).hasSize(5).doesNotContain("theo");
        assertThat(loudest(split.test().values(17))).isBetween(0.01f, 1f);
    }

    private static float loudest(float[] samples) {
        float loudest = 0;
        for (float sample : samples) {
            loudest = Math.max(loudest, Math.abs(sample));
        }
        return loudest;
    }

    private static Set<String> speakers(Dataset data) {
        Set<String> speakers = new TreeSet<>();
        for (int item = 0; item < data.size(); item++) {
            speakers.add(data.group(item).orElseThrow());
        }
        return speakers;
    }

    private void unzip(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file);
                ZipInputStream zip = new ZipInputStream(stream)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = Path.of(entry.getName()).getFileName().toString();
                if (name.endsWith(".wav")) {
                    Files.copy(zip, directory.resolve(name));
                }
            }
        }
    }

    private static Path shared(String path) {
        String root = System.getProperty("narrows.root", "..");
        Path shared = Path.of(Optional.ofNullable(System.getProperty("NARROWS_SHARED"))
                .or(() -> Optional.ofNullable(System.getenv("NARROWS_SHARED")))
                .orElse(root + "/../shared"));
        Assumptions.assumeTrue(Files.exists(shared.resolve(path)), "no shared data at " + shared.resolve(path));
        return shared.resolve(path);
    }
}
