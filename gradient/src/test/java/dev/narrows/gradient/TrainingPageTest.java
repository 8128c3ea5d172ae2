package dev.narrows.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the list of operators in docs/training.md to the operators that there are. */
class TrainingPageTest {

    private static final Path PAGE =
            Path.of(System.getProperty("narrows.root", "..")).resolve("docs").resolve("training.md");

    @Test
    void operators_onThePage_areThoseThatThereAre() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf("<!-- operators -->");
        int end = page.indexOf("<!-- end of operators -->");
        assertThat(begin).as("where the list begins").isBetween(0, end);
        List<String> listed = List.of(page.substring(begin + "<!-- operators -->".length(), end)
                .strip()
                .split("[,\\s]+"));
        Set<String> there = new TreeSet<>(Operators.names());
        there.add("Constant"); // by the network itself
        assertThat(listed)
                .as("the page's list; it should be: " + String.join(", ", there))
                .containsExactlyElementsOf(there);
    }
}
