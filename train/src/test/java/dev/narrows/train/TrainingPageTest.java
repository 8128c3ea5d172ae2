package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.data.Dataset;
import dev.narrows.graph.Network;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/training.md to the code: its Java compiles and runs, its tables are those of the help texts. */
class TrainingPageTest {

    private static final Path PAGE =
            Path.of(System.getProperty("narrows.root", "..")).resolve("docs").resolve("training.md");

    /** What a reader's class has around a snippet. */
    private static final String AROUND = """
            import dev.narrows.data.*;
            import dev.narrows.gradient.*;
            import dev.narrows.graph.*;
            import dev.narrows.plan.*;
            import dev.narrows.train.*;
            import dev.narrows.zoo.*;
            import java.nio.file.*;
            import java.util.*;
            import org.bytedeco.javacpp.PointerScope;
            import org.bytedeco.pytorch.NoGradGuard;
            import org.bytedeco.pytorch.Scalar;
            import org.bytedeco.pytorch.Tensor;

            public class Snippet%d {
                public static void run(Network loaded, Network teacher, Dataset data, Dataset held, Path directory)
                        throws Exception {
            %s
                }
            }
            """;

    private static String page() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void snippets_onThePage_compileAndRun(@TempDir Path directory) throws Exception {
        List<String> names = new ArrayList<>();
        List<String> files = new ArrayList<>();
        Matcher snippet = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page());
        while (snippet.find()) {
            String name = "Snippet" + names.size();
            String source = AROUND.formatted(names.size(), snippet.group(1));
            files.add(
                    Files.writeString(directory.resolve(name + ".java"), source).toString());
            names.add(name);
        }
        assertThat(names).hasSizeGreaterThanOrEqualTo(3);
        compile(directory, files);
        Network loaded = Fixture.perceptron(1, 8, 0);
        Network teacher = Fixture.perceptron(2, 8, 0);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            for (String name : names) {
                loader.loadClass(name)
                        .getMethod("run", Network.class, Network.class, Dataset.class, Dataset.class, Path.class)
                        .invoke(null, loaded, teacher, Fixture.points(3, 128), Fixture.points(4, 64), directory);
            }
        }
        assertThat(directory.resolve("curve.csv")).content().startsWith("epoch,rate,loss,seconds,accuracy\n1,");
        assertThat(directory.resolve("checkpoints")).isNotEmptyDirectory();
    }

    private static void compile(Path directory, List<String> files) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options = List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "-proc:none",
                "-d",
                directory.toString());
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            boolean well = compiler.getTask(
                            messages, manager, null, options, null, manager.getJavaFileObjectsFromStrings(files))
                    .call();
            assertThat(well).as(messages.toString()).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The settings by name in the table below a heading. */
    private static Map<String, String> table(String heading) {
        String page = page();
        int from = page.indexOf("### " + heading + "\n");
        assertThat(from).as("heading " + heading).isNotNegative();
        int to = page.indexOf("\n#", from + 1);
        Matcher row = Pattern.compile("^\\| `([a-z-]+)` \\| (?:`([^`]*)` )?\\|", Pattern.MULTILINE)
                .matcher(page.substring(from, to));
        Map<String, String> rows = new LinkedHashMap<>();
        while (row.find()) {
            rows.put(row.group(1), row.group(2) == null ? "" : row.group(2));
        }
        return rows;
    }

    /** The settings by name in a help text: {@code name[:key=value,…]}. */
    private static Map<String, String> help(String text) {
        Matcher name = Pattern.compile("([a-z-]+)\\[:([^\\]]*)]").matcher(text);
        Map<String, String> names = new LinkedHashMap<>();
        while (name.find()) {
            names.put(name.group(1), name.group(2));
        }
        return names;
    }

    @Test
    void losses_onThePage_areThoseOfTheHelpWithTheirDefaults() {
        assertThat(table("Losses")).isEqualTo(help(LossChoice.HELP)).hasSize(7).containsKey(LossChoice.DEFAULT);
        double[][] outputs = LossCheck.values(1, 6, 4);
        double[][] targets = LossCheck.oneHot(4, 0, 0, 1, 1, 2, 2);
        table("Losses")
                .forEach((name, settings) -> assertThat(
                                LossCheck.value(LossChoice.parse(name + ":" + settings), outputs, targets))
                        .isEqualTo(LossCheck.value(LossChoice.parse(name), outputs, targets)));
    }

    @Test
    void optimisers_onThePage_areThoseOfTheHelpWithTheirDefaults() {
        assertThat(table("Optimisers")).isEqualTo(help(OptimizerChoice.HELP)).hasSize(3);
        table("Optimisers")
                .forEach((name, settings) -> assertThat(
                                OptimizerChoice.parse(name + ":" + settings.replace("nesterov,", "")))
                        .isEqualTo(OptimizerChoice.parse(name)));
    }

    @Test
    void schedules_onThePage_areThoseOfTheHelpWithTheirDefaults() {
        Map<String, String> expected = help(Schedule.HELP);
        expected.put("constant", "");
        assertThat(Schedule.HELP).contains(", constant;");
        assertThat(table("Schedules")).isEqualTo(expected);
        help(Schedule.HELP).forEach((name, settings) -> {
            for (double progress = 0; progress <= 1; progress += 0.125) {
                assertThat(Schedule.parse(name + ":" + settings).at(progress))
                        .isEqualTo(Schedule.parse(name).at(progress));
            }
        });
    }
}
