package dev.narrows.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tables of docs/augmentation.md are those of the code: defaults and severities do not change unseen. */
class AugmentationDocsTest {

    private static String page = "";

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(Path.of(System.getProperty("narrows.root", ".."), "docs", "augmentation.md"));
    }

    @Test
    void augmentations_all_standInThePage() {
        List<String> rows = Augmentations.describe().stream()
                .map(one -> "| " + one.medium() + " | `" + one.name() + "` | `" + one.usual() + "` | " + one.meaning()
                        + " |")
                .toList();

        assertThat(page).contains(String.join("\n", rows));
    }

    @Test
    void presets_all_standInThePage() {
        List<String> rows = Augmentations.presets().entrySet().stream()
                .map(preset -> "| `" + preset.getKey() + "` | `" + preset.getValue() + "` |")
                .toList();

        assertThat(page).contains(String.join("\n", rows));
    }

    @Test
    void corruptions_all_standInThePage() {
        Clips babble = new Clips(1, place -> new float[] {1});
        assertThat(page).contains(table(ImageCorruptions.ALL));
        assertThat(page).contains(table(SoundCorruptions.of(new Medium.Sound(16_000, babble))));
    }

    private static String table(List<Graded> corruptions) {
        List<String> rows = new ArrayList<>();
        for (Graded one : corruptions) {
            rows.add("| " + one.name() + " | " + one.meaning() + " | "
                    + one.levels().stream().map(Check::text).collect(Collectors.joining(" | ")) + " |");
        }
        return String.join("\n", rows);
    }
}
