package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.bundle.Preprocessing;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ItemOptionsTest {

    private static final TensorSpec COLOUR = new TensorSpec("x", DType.FLOAT32, List.of(-1L, 3L, 224L, 224L));
    private static final TensorSpec GREY = new TensorSpec("x", DType.FLOAT32, List.of(-1L, 1L, 28L, 28L));
    private static final TensorSpec PCM = new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, 32_000L));

    @Test
    void of_nothing_isRaw() {
        assertThat(parse(PCM)).isEqualTo(new Preprocessing.Raw());
    }

    @Test
    void of_image_hasDefaultsForEachChannel() {
        assertThat(parse(COLOUR, "--preprocess", "image"))
                .isEqualTo(new Preprocessing.Image(
                        0, 0, false, false, 1 / 255.0, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)));
        assertThat(parse(GREY, "--preprocess", "image"))
                .isEqualTo(new Preprocessing.Image(0, 0, false, false, 1 / 255.0, List.of(0.0), List.of(1.0)));
    }

    @Test
    void of_imageWithEverything_isAsGiven() {
        String[] options = {
            "--preprocess",
            "image",
            "--resize",
            "256",
            "--crop",
            "224",
            "--bgr",
            "--channels-last",
            "--scale",
            "1",
            "--mean",
            "103.94,116.78,123.68",
            "--std",
            "2"
        };

        assertThat(parse(new TensorSpec("x", DType.FLOAT32, List.of(1L, 224L, 224L, 3L)), options))
                .isEqualTo(new Preprocessing.Image(
                        256, 224, true, true, 1, List.of(103.94, 116.78, 123.68), List.of(2.0, 2.0, 2.0)));
    }

    @Test
    void of_audio_isAsLongAsTheInput() {
        assertThat(parse(PCM, "--preprocess", "audio")).isEqualTo(new Preprocessing.Audio(16_000, 2, 1));
        assertThat(parse(PCM, "--preprocess", "audio", "--rate", "8000"))
                .isEqualTo(new Preprocessing.Audio(8000, 4, 1));
    }

    @Test
    void of_audioOfAnyLength_needsTheSeconds() {
        TensorSpec free = new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, -1L));

        assertThat(parse(free, "--preprocess", "audio", "--seconds", "1.5", "--channels", "2"))
                .isEqualTo(new Preprocessing.Audio(16_000, 1.5, 2));
        assertThatThrownBy(() -> parse(free, "--preprocess", "audio"))
                .isInstanceOf(WrongUseException.class)
                .hasMessageContaining("(expected: --seconds");
    }

    private static Preprocessing parse(TensorSpec input, String... options) {
        ItemOptions parsed = new ItemOptions();
        new CommandLine(parsed).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(options);
        return parsed.of(input);
    }
}
