package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What docs/zoo.md says is so. Failures show the text that belongs there. */
class ZooDocsTest {

    private static final InputShape LARGE = new InputShape.Image(3, 224, 224);
    private static final InputShape ORDER = new InputShape.Sound(32000, 16000);

    private record Row(String spec, InputShape shape, int classes, String source) {}

    private static final List<Row> ROWS = List.of(
            new Row("cnn", Zoos.GREY, 10, "–"),
            new Row("cnn:width=0.5", Zoos.GREY, 10, ""),
            new Row("cnn1d", Zoos.SERIES, 6, "Wang et al. 2017"),
            new Row("dscnn", Zoos.SOUND, 12, "Zhang et al. 2017"),
            new Row("dscnn", ORDER, 14, ""),
            new Row("lenet", Zoos.GREY, 10, "LeCun et al. 1998"),
            new Row("mlp", Zoos.GREY, 10, "–"),
            new Row("mobilenet", Zoos.GREY, 10, "Sandler et al. 2018"),
            new Row("mobilenet", Zoos.COLOUR, 10, ""),
            new Row("mobilenet:width=0.5", Zoos.COLOUR, 10, ""),
            new Row("mobilenet", LARGE, 1000, ""),
            new Row("resnet:depth=8", Zoos.COLOUR, 10, "He et al. 2016"),
            new Row("resnet", Zoos.COLOUR, 10, ""),
            new Row("resnet:depth=32", Zoos.COLOUR, 10, ""),
            new Row("squeezenet", Zoos.COLOUR, 10, "Iandola et al. 2016"),
            new Row("squeezenet:width=0.5", Zoos.COLOUR, 10, ""),
            new Row("squeezenet", LARGE, 1000, ""),
            new Row("vgg", Zoos.GREY, 10, "Simonyan and Zisserman 2015"),
            new Row("vgg", Zoos.COLOUR, 10, ""));

    private static String section(String name) throws IOException {
        String text = Files.readString(Path.of(System.getProperty("narrows.root", ".."), "docs", "zoo.md"));
        String begin = "<!-- " + name + " -->\n";
        return text.substring(text.indexOf(begin) + begin.length(), text.indexOf("<!-- end of " + name + " -->"));
    }

    @Test
    void sizes_inTheDocs_areThoseBuilt() throws IOException {
        StringBuilder table = new StringBuilder("| architecture | source | input | classes | MACs | parameters |\n");
        table.append("|---|---|---|---|---|---|\n");
        for (Row row : ROWS) {
            ZooCostsTest.Sizes sizes = ZooCostsTest.sizes(Architecture.parse(row.spec()), row.shape(), row.classes());
            table.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %s | %s | %d | %,d | %,d |\n",
                    row.spec(),
                    row.source(),
                    row.shape().input() + " "
                            + String.join(
                                    " × ",
                                    row.shape().dims().stream()
                                            .map(String::valueOf)
                                            .toList()),
                    row.classes(),
                    sizes.macs(),
                    sizes.parameters()));
        }
        assertThat(section("sizes")).isEqualTo(table.toString());
    }

    @Test
    void options_inTheDocs_areAsDescribed() throws IOException {
        assertThat(section("options")).isEqualTo("```\n" + Architecture.describe() + "```\n");
    }
}
