package dev.narrows.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class OrderSetTest {

    private static final Recipe RECIPE = recipe(1);

    @TempDir
    static Path shared;

    /** A data set that tests read and never change. */
    private static Path whole = Path.of("");

    private static OrderSet made;

    @TempDir
    Path temp;

    @BeforeAll
    static void make() {
        Installed.assume(Engine.FLITE);
        whole = shared.resolve("orders");
        made = OrderSet.make(whole, RECIPE, 1, files -> {});
    }

    private static Recipe recipe(long seed) {
        return new Recipe(Map.of(Split.FLITE, 15), seed, 5, 30, 0.5);
    }

    @Test
    void make_anotherSeed_givesOtherBytesAndTellsEveryFile() {
        List<Integer> told = new ArrayList<>();

        OrderSet other = OrderSet.make(temp.resolve("orders"), recipe(2), 1, told::add);

        assertThat(other.sha256()).isNotEqualTo(made.sha256());
        assertThat(told).isSorted().last().isEqualTo(30);
    }

    @Test
    void make_stoppedAndMadeAgainByOtherWorkers_givesTheSameBytes() {
        Path folder = temp.resolve("orders");
        assertThatThrownBy(() -> OrderSet.make(folder, RECIPE, 2, files -> {
                    if (files > 6) {
                        throw new IllegalStateException("stopped");
                    }
                }))
                .hasMessage("stopped");
        assertThat(folder).doesNotExist();
        assertThat(temp.resolve("orders.making")).isDirectory();

        assertThat(OrderSet.make(folder, RECIPE, 2, files -> {}).sha256()).isEqualTo(made.sha256());
        assertThat(contents(folder)).isEqualTo(contents(whole));
        assertThat(temp).isDirectoryNotContaining(path -> !path.equals(folder));
    }

    @Test
    void find_sameRecipe_isTheOneThatWasMade() {
        assertThat(OrderSet.find(whole, RECIPE)).map(OrderSet::sha256).contains(made.sha256());
    }

    @Test
    void find_nothing_isEmpty() {
        assertThat(OrderSet.find(temp.resolve("none"), RECIPE)).isEmpty();
        assertThat(OrderSet.find(temp, RECIPE)).isEmpty();
    }

    @Test
    void find_anotherRecipe_isRefused() {
        assertThatThrownBy(() -> OrderSet.find(whole, recipe(2)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("folder: made by {")
                .hasMessageContaining("\"seed\":2");
    }

    @Test
    void find_somethingElse_isRefused() throws IOException {
        Files.writeString(temp.resolve("thesis.txt"), "precious");

        assertThatThrownBy(() -> OrderSet.find(temp, RECIPE))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("folder: holds no made.json");
    }

    @Test
    void find_damaged_isRefused() throws IOException {
        Path folder = temp.resolve("orders");
        copy(whole, folder);
        Path clip = folder.resolve("flite/tea/00009.wav");
        byte[] bytes = Files.readAllBytes(clip);

        Files.write(clip, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> OrderSet.find(folder, RECIPE))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("clip: missing or not 64044 bytes long");

        Files.write(clip, bytes);
        Files.writeString(folder.resolve(Manifest.FILE), Manifest.HEADING + "\n");
        assertThatThrownBy(() -> OrderSet.find(folder, RECIPE))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("manifest: changed since it was made");
    }

    @Test
    void trial_ofTheShippedNetwork_countsEveryClip() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Path network = Path.of(System.getProperty("narrows.root", ".."), "examples", "barista", "barista.onnx");

        int status = new CommandLine(
                        new OrdersTrial(new PrintStream(printed, true, StandardCharsets.UTF_8), System.err))
                .execute(whole.toString(), "--network", network.toString(), "--sets", "flite,flite-noisy");

        assertThat(status).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("| | flite | flite-noisy |")
                .containsPattern("\\| all \\| \\d+\\.\\d % of 15 \\| \\d+\\.\\d % of 15 \\|")
                .containsPattern("\\| class espresso \\| \\d+\\.\\d % of 2 \\|");
    }

    @Test
    void call_thereAlready_makesNothing() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();

        int status = new CommandLine(
                        new SpokenOrders(new PrintStream(printed, true, StandardCharsets.UTF_8), System.err))
                .execute(
                        whole.toString(),
                        "--clips=0",
                        "--validation=0",
                        "--test=0",
                        "--flite=15",
                        "--reverberation=0.5");

        assertThat(status).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .isEqualToNormalizingNewlines(whole + ": already there, SHA-256 " + made.sha256() + "\n");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static Map<String, String> contents(Path folder) {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), Sha256.hex(Sha256.of(Files.readAllBytes(file))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return contents;
    }
}
