package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesReaderTest {

    private static final DataOptions THREE =
            DataOptions.builder().window(3).stride(2).build();

    @TempDir
    Path directory;

    @Test
    void read_allNumericColumns_areChannels() {
        Dataset data = SeriesReader.read(
                csv("x,label,y", "1,walk,10", "2,walk,20", "3,run,30", "4,run,40", "5,run,50", "6,run,60"), THREE);

        assertThat(data.kind()).isEqualTo(new Kind.Series());
        assertThat(data.size()).isEqualTo(2);
        assertThat(data.shape()).containsExactly(2, 3);
        assertThat(data.values(0)).containsExactly(1, 2, 3, 10, 20, 30);
        assertThat(data.values(1)).containsExactly(3, 4, 5, 30, 40, 50);
        assertThat(data.labels().get(0).classes()).containsExactly("run", "walk");
        assertThat(data.labels().get(0).of()).containsExactly(1, 0);
        assertThat(data.group(0)).isEmpty();
    }

    @Test
    void read_chosenColumns_areChannelsInTheirOrder() {
        Dataset data = SeriesReader.read(
                csv("time,x,y,name", "0,1,2,a", "1,3,4,b", "2,5,6,c"),
                THREE.toBuilder().columns("y", "x").build());

        assertThat(data.values(0)).containsExactly(2, 4, 6, 1, 3, 5);
        assertThat(data.labels()).isEmpty();
    }

    @Test
    void read_groups_areNeverCrossed() {
        Dataset data = SeriesReader.read(
                csv("x,who", "1,a", "2,a", "3,a", "4,a", "5,b", "6,b", "7,b", "8,a", "9,a"),
                THREE.toBuilder().stride(1).groupColumn("who").build());

        assertThat(data.size()).isEqualTo(3);
        assertThat(data.values(1)).containsExactly(2, 3, 4);
        assertThat(data.values(2)).containsExactly(5, 6, 7);
        assertThat(data.group(1)).hasValue("a");
        assertThat(data.group(2)).hasValue("b");
    }

    @Test
    void read_windowLabel_isTheMostFrequentOrTheLast() {
        Path file = csv("x,label", "1,a", "1,a", "1,b", "1,c", "1,c", "1,");
        DataOptions six = DataOptions.builder().window(6).stride(1).build();
        DataOptions five = six.toBuilder().window(5).build();

        assertThat(names(SeriesReader.read(file, six))).containsExactly("c");
        // a and c twice each: c ends later.
        assertThat(names(SeriesReader.read(file, five)).get(0)).isEqualTo("c");
        assertThat(names(SeriesReader.read(
                        file,
                        five.toBuilder()
                                .windowLabel(DataOptions.WindowLabel.LAST)
                                .build())))
                .containsExactly("c", "");
    }

    @Test
    void read_cellThatIsNoNumber_isMalformedWithTheLine() {
        for (String cell : new String[] {"", "fast", "NaN", "1e99"}) {
            assertThatThrownBy(() -> SeriesReader.read(csv("x,y", "1,2", "3," + cell, "5,6"), THREE))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("value: \"" + cell + "\" (expected: a finite number), column \"y\", line 3");
        }
    }

    @Test
    void read_shorterThanAWindow_isInvalid() {
        assertThatThrownBy(() -> SeriesReader.read(csv("x,group", "1,a", "2,a", "3,b"), THREE))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("window: 3 steps (expected: at most 2, the longest recording)");
    }

    @Test
    void read_noChannelLeft_isInvalid() {
        assertThatThrownBy(() -> SeriesReader.read(csv("label", "a"), THREE))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("channels: 0 of the columns [label]");
    }

    @Test
    void open_trainAndTest_areBothThere() {
        ItemFixture.text(directory.resolve("train.csv"), "x,label", "1,a", "2,a", "3,a", "4,b", "5,b", "6,b");
        ItemFixture.text(directory.resolve("test.csv"), "x,label", "1,b", "2,b", "3,b");

        DataSource source = DataSource.open(directory, THREE);

        assertThat(source.train().labels().get(0).classes()).containsExactly("a", "b");
        assertThat(source.test().orElseThrow().labels().get(0).of()).containsExactly(1);
    }

    /** Windows by definition: every start on the stride within each run of equal groups. */
    @Property(tries = 100, seed = "1")
    void read_any_givesExactlyTheWindowsOfEachRun(
            @ForAll @Size(min = 8, max = 60) List<@IntRange(max = 1) Integer> groups,
            @ForAll @IntRange(min = 1, max = 5) int window,
            @ForAll @IntRange(min = 1, max = 7) int stride)
            throws IOException {
        Path folder = Files.createTempDirectory("series");
        try {
            List<String> lines = new ArrayList<>(List.of("x,group"));
            for (int i = 0; i < groups.size(); i++) {
                lines.add(i + "," + groups.get(i));
            }
            Path file = ItemFixture.text(folder.resolve("s.csv"), lines.toArray(new String[0]));
            List<List<Float>> expected = new ArrayList<>();
            int runStart = 0;
            for (int at = 0; at + window <= groups.size(); at++) {
                if (at > 0 && !groups.get(at).equals(groups.get(at - 1))) {
                    runStart = at;
                }
                boolean within =
                        groups.subList(at, at + window).stream().distinct().count() == 1;
                if (within && (at - runStart) % stride == 0) {
                    List<Float> values = new ArrayList<>();
                    for (int i = at; i < at + window; i++) {
                        values.add((float) i);
                    }
                    expected.add(values);
                }
            }
            DataOptions options =
                    DataOptions.builder().window(window).stride(stride).build();
            List<List<Float>> actual = new ArrayList<>();
            if (expected.isEmpty()) {
                assertThatThrownBy(() -> SeriesReader.read(file, options)).isInstanceOf(InvalidException.class);
                return;
            }
            Dataset data = SeriesReader.read(file, options);
            for (int item = 0; item < data.size(); item++) {
                List<Float> values = new ArrayList<>();
                for (float value : data.values(item)) {
                    values.add(value);
                }
                actual.add(values);
            }
            assertThat(actual).isEqualTo(expected);
        } finally {
            Files.deleteIfExists(folder.resolve("s.csv"));
            Files.delete(folder);
        }
    }

    private static List<String> names(Dataset data) {
        Labels labels = data.labels().get(0);
        List<String> names = new ArrayList<>();
        for (int label : labels.of()) {
            names.add(label == Labels.UNKNOWN ? "" : labels.classes().get(label));
        }
        return names;
    }

    private Path csv(String... lines) {
        return ItemFixture.text(directory.resolve("series.csv"), lines);
    }
}
