package dev.narrows.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's Java is the example's, up to white space: what the build compiles is what a reader copies. */
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("narrows.root", ".."));
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void readme_javaSnippet_isInTheExample() throws IOException {
        String example = Files.readString(ROOT.resolve("examples/src/main/java/dev/narrows/examples/OrderCoffee.java"));
        Matcher snippet = SNIPPET.matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(snippet.find()).as("README.md has Java").isTrue();
        assertThat(withoutSpace(example)).contains(withoutSpace(snippet.group(1)));
        assertThat(snippet.find())
                .as("README.md has more Java, which no test compiles")
                .isFalse();
    }

    private static String withoutSpace(String code) {
        return code.replaceAll("\\s+", "");
    }
}
