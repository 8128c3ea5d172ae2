package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever goes wrong gives its exit code, one line and one hint. */
class WrongUseTest {

    @TempDir
    Path directory;

    private Path waist;

    @BeforeEach
    void files() throws IOException {
        waist = SmallNetworks.waist(directory);
        Files.writeString(directory.resolve("text.onnx"), "this is no network");
        Files.createDirectory(directory.resolve("empty"));
        Files.writeString(directory.resolve("text.wav"), "this is no sound");
    }

    static Stream<Arguments> wrongUses() {
        return Stream.of(
                Arguments.of("", "no command (expected: one of inspect, split"),
                Arguments.of("inspct", "did you mean `inspect`"),
                Arguments.of("inspect", "Missing required parameter: 'MODEL'"),
                Arguments.of("inspect WAIST --al", "Unknown option: '--al'"),
                Arguments.of("inspect WAIST --plot cuts.pdf", "picture: \"cuts.pdf\" (expected: a name that ends in"),
                Arguments.of("inspect WAIST --shape x=1,two", "axis: \"two\" (expected: a whole number)"),
                Arguments.of("inspect WAIST --max-tensors many", "'many' is not an int"),
                Arguments.of("split WAIST -o DIR/o", "--at: none (expected: a tensor"),
                Arguments.of("split WAIST --at hidden", "Missing required option: '--output=DIR'"),
                Arguments.of("split WAIST --at hidden, -o DIR/o", "(expected: names with commas between them)"),
                Arguments.of("split WAIST --at hidden -o DIR/o --verify -1", "--verify: -1 (expected: 0 or more)"),
                Arguments.of("pack WAIST", "--at: none (expected: a tensor"),
                Arguments.of(
                        "pack WAIST --at hidden --codecs q5",
                        "codec: \"q5\" (expected: of q8, q6, q4, q2, bottleneck)"),
                Arguments.of("pack WAIST --at hidden --codecs q8", "nothing to calibrate them on"),
                Arguments.of(
                        "pack WAIST --at hidden --preprocess video",
                        "expected one of [IMAGE, AUDIO, RAW] (case-insensitive)"),
                Arguments.of(
                        "pack WAIST --at hidden --preprocess image --mean a -o DIR/o",
                        "mean: \"a\" (expected: a number)"),
                Arguments.of("serve", "Missing required parameter: 'DIR|FILE'"),
                Arguments.of("serve WAIST --port none", "'none' is not an int"),
                Arguments.of("run WAIST", "Missing required option: '--input=FILES'"),
                Arguments.of("run WAIST --input x --deadline soon", "'soon' is no duration (expected: such as 300ms"));
    }

    @ParameterizedTest
    @MethodSource("wrongUses")
    void wrongUse_any_exitsWith2AndOneLineAndAHint(String line, String expected) {
        Cli.Result result = run(line);

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).hasSize(2);
        assertThat(result.errLines().get(0)).startsWith("narrows");
        assertThat(result.errLines().get(1)).startsWith("hint: ");
        assertThat(result.err()).contains(expected);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of("inspect DIR/none.onnx", "no such file: \"DIR/none.onnx\""),
                Arguments.of("inspect DIR/text.onnx", "text.onnx"),
                Arguments.of("inspect DIR/empty", "is a directory without manifest.json"),
                Arguments.of("inspect WAIST --shape y=1,32", "input: \"y\" (expected: one of x), --shape"),
                Arguments.of("inspect WAIST --shape x=1,33", "x"),
                Arguments.of("split WAIST --at hiden -o DIR/o", "nearest: \"hidden\""),
                Arguments.of("split WAIST --at down -o DIR/o", "this is an initializer"),
                Arguments.of("split WAIST --at hidden -o DIR/text.onnx", "is a file"),
                Arguments.of("split WAIST --at hidden --at hidden -o DIR/o", "nothing lies between them"),
                Arguments.of("split WAIST --at hidden -o DIR/o --input DIR/none.npy", "no such file or directory"),
                Arguments.of("split WAIST --at hidden -o DIR/o --input DIR/text.wav", "not an .npy file"),
                Arguments.of("pack DIR/none.onnx --at a", "no such file: \"DIR/none.onnx\""),
                Arguments.of("pack DIR/empty", "has no chain.json"),
                Arguments.of("pack WAIST --at hidden --labels DIR/none.txt -o DIR/o", "no such file: \"DIR/none.txt\""),
                Arguments.of("pack WAIST --at hidden --name a/b -o DIR/o", "name: \"a/b\" (expected: letters"),
                Arguments.of("serve DIR/none", "no such file or directory: \"DIR/none\""),
                Arguments.of("serve DIR/empty --port 0", "DIR/empty"),
                Arguments.of("run DIR/none.narrows --input WAIST", "no such file or directory: \"DIR/none.narrows\""),
                Arguments.of("run WAIST --input DIR/none.npy", "no such file or directory: \"DIR/none.npy\""),
                Arguments.of("run WAIST --input DIR/text.wav", "waist.onnx"),
                Arguments.of("run WAIST --input DIR/text.wav --cloud ftp://host", "http:// or https://"),
                Arguments.of("run WAIST --input DIR/text.wav --slowdown 0", "slowdown: 0.0 (expected: 1 to 1000)"),
                Arguments.of("run WAIST --input DIR/text.wav --threads 0", "threads: 0 (expected: 1 or more)"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failure_any_exitsWith1AndOneLineAndAHint(String line, String expected) {
        Cli.Result result = run(line);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).hasSize(2);
        assertThat(result.errLines().get(0)).startsWith("narrows " + line.split(" ", -1)[0] + ": ");
        assertThat(result.errLines().get(1)).startsWith("hint: ");
        assertThat(result.err()).contains(expected.replace("DIR", directory.toString()));
    }

    @Test
    void failure_json_isOneObjectOnStandardError() {
        Cli.Result result = run("inspect --json DIR/text.onnx");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        JsonObject json = JsonParser.parseString(result.err()).getAsJsonObject();
        assertThat(json.get("command").getAsString()).isEqualTo("narrows inspect");
        assertThat(json.get("stage").getAsString()).isEqualTo("Malformed");
        assertThat(json.get("error").getAsString()).contains("text.onnx");
        assertThat(json.get("hint").getAsString()).contains("narrows inspect --help");
    }

    @Test
    void failure_verbose_showsTheTrace() {
        Cli.Result result = run("inspect --verbose DIR/text.onnx");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("MalformedException").contains("\tat dev.narrows.graph.");
    }

    private Cli.Result run(String line) {
        return Cli.run(
                line.isEmpty()
                        ? new String[0]
                        : line.replace("WAIST", waist.toString())
                                .replace("DIR", directory.toString())
                                .split(" ", -1));
    }
}
