package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureSpecTest {

    @Test
    void parse_options_areReadAndOthersTakeDefaults() {
        Architecture architecture = Architecture.parse("mobilenet:width=0.50, depth=2");

        assertThat(architecture.family()).isEqualTo(Family.MOBILENET);
        assertThat(architecture.number("width")).isEqualTo(0.5);
        assertThat(architecture.options())
                .containsEntry("width", "0.5")
                .containsEntry("depth", "2")
                .containsEntry("activation", "relu6")
                .containsEntry("output", "logits");
        assertThat(architecture).hasToString("mobilenet:width=0.5,depth=2");
    }

    /** Every default stands here, so that a change is meant. */
    @Test
    void of_everyFamily_hasItsRecordedDefaults() {
        String common = "dropout=0 output=logits mean=none std=none mels=40 window=25 hop=20 low=20 high=8000";
        Map<String, String> own = new LinkedHashMap<>();
        own.put("cnn", "width=1 depth=2");
        own.put("cnn1d", "width=1 depth=3");
        own.put("dscnn", "width=1 depth=4");
        own.put("lenet", "width=1");
        own.put("mlp", "width=1 depth=2");
        own.put("mobilenet", "width=1 depth=1 activation=relu6 zerogamma=false");
        own.put("resnet", "width=1 depth=20 stem=auto zerogamma=false");
        own.put("squeezenet", "width=1 depth=1");
        own.put("vgg", "width=0.5 depth=2");

        assertThat(Arrays.stream(Family.values()).map(Family::label)).containsExactlyElementsOf(own.keySet());
        own.forEach((family, defaults) -> assertThat(Architecture.parse(family).options().entrySet().stream()
                        .map(Map.Entry::toString)
                        .collect(Collectors.joining(" ")))
                .as(family)
                .isEqualTo(defaults + " " + common));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resnext | architecture: \"resnext\" (expected: cnn, cnn1d, dscnn, lenet, mlp, mobilenet, resnet, squeezenet, vgg)",
                "cnn:wdth=2 | option: \"wdth\" (expected: width, depth, dropout, output, mean, std, mels",
                "lenet:depth=2 | option: \"depth\" (expected: width, dropout",
                "cnn:width | option: \"width\" (expected: name=value)",
                "cnn: | option: \"\" (expected: name=value)",
                "cnn:width=1,width=2 | option: \"width\" twice (expected: once)",
                "cnn:width=0 | width: 0 (expected: 0.01 to 64), architecture \"cnn\"",
                "cnn:width=NaN | width: NaN (expected: 0.01 to 64)",
                "cnn:width=wide | width: wide (expected: 0.01 to 64)",
                "cnn:depth=1.5 | depth: 1.5 (expected: 1 to 16)",
                "cnn:depth= | depth: nothing (expected: 1 to 16)",
                "resnet:depth=18 | depth: 18 (expected: 6n + 2: 8, 14, 20, 26 to 1202), architecture \"resnet\"",
                "mobilenet:activation=selu | activation: selu (expected: relu6, relu, hardswish)",
                "cnn:std=0.1/0 | std: 0.1/0 (expected: none, or positive numbers by channel)",
                "cnn:mean=a | mean: a (expected: none, or numbers by channel)",
                "cnn:output=classes | output: classes (expected: logits, probabilities)"
            })
    void parse_wrongSpec_saysWhatIsKnown(String spec, String message) {
        assertThatThrownBy(() -> Architecture.parse(spec))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(message);
    }

    @Property(seed = "1", tries = 200)
    void parse_toString_isTheSame(@ForAll("architectures") Architecture architecture) {
        assertThat(Architecture.parse(architecture.toString())).isEqualTo(architecture);
    }

    @Provide
    Arbitrary<Architecture> architectures() {
        Arbitrary<String> mean = Arbitraries.doubles()
                .between(-3, 3)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(values -> values.stream().map(String::valueOf).collect(Collectors.joining("/")));
        return Combinators.combine(
                        Arbitraries.of(Family.values()),
                        Arbitraries.doubles().between(0.01, 64),
                        Arbitraries.of(8, 14),
                        Arbitraries.oneOf(mean, Arbitraries.just("none")),
                        Arbitraries.of("logits", "probabilities"))
                .as((family, width, depth, means, output) -> {
                    Map<String, String> options = new LinkedHashMap<>();
                    options.put("width", width.toString());
                    if (family != Family.LENET) {
                        options.put("depth", depth.toString());
                    }
                    options.put("mean", means);
                    options.put("output", output);
                    return new Architecture(family, options);
                });
    }

    @Test
    void describe_listsEveryFamilyAndOption() {
        String text = Architecture.describe();

        for (Family family : Family.values()) {
            assertThat(text).contains(family.label()).contains(family.meaning());
            for (Option option : family.options()) {
                assertThat(text).contains("  " + option.name()).contains(option.meaning());
            }
        }
        assertThat(text.lines().toList())
                .contains("  depth      layers (6n + 2: 8, 14, 20, 26 to 1202; default 20)")
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(110));
        assertThat(List.of("width", "mels")).allSatisfy(name -> assertThat(text).contains("  " + name));
    }
}
