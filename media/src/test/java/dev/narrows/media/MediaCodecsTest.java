package dev.narrows.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaCodecsTest {

    @Test
    void parse_namesOfAll_givesThemAgain() {
        for (MediaKind kind : List.of(Samplers.IMAGE, Samplers.SOUND)) {
            List<MediaCodec> all = MediaCodecs.all(kind);

            assertThat(all).extracting(MediaCodec::name).doesNotHaveDuplicates().hasSizeGreaterThan(20);
            for (MediaCodec codec : all) {
                assertThat(MediaCodecs.parse(codec.name(), kind).name()).isEqualTo(codec.name());
            }
        }
    }

    @Test
    void ladder_ofImages_codesThem() {
        for (long[] shape : List.of(Samplers.GREY, Samplers.RGB)) {
            for (MediaCodec codec : MediaCodecs.ladder(Samplers.IMAGE, shape)) {
                byte[] code = codec.encode(Samplers.image(1, shape), shape);

                assertThat(codec.decode(code, shape)).as(codec.name()).hasSize((int) (shape[0] * shape[1] * shape[2]));
            }
        }
    }

    @Test
    void ladder_ofSoundAtARateThatOpusHasNot_leavesItOut() {
        assertThat(MediaCodecs.ladder(new MediaKind.Sound(11_025), new long[] {100}))
                .extracting(MediaCodec::name)
                .containsExactly("pcm16", "flac", "pcm8", "mulaw");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "jpeg",
                "jpeg:",
                "jpeg:0",
                "jpeg:101",
                "jpeg:x",
                "webp:101",
                "webp:-1",
                "png:1",
                "png:",
                "pixels:4",
                "pixels:9x7",
                "pixels:4x0",
                "pixels:x",
                "gif",
                "pcm16"
            })
    void parse_noImageCodec_isRefused(String name) {
        assertThatThrownBy(() -> MediaCodecs.parse(name, Samplers.IMAGE)).isInstanceOf(InvalidException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "opus", "opus:5", "opus:33", "flac:1", "mulaw:8", "jpeg:30"})
    void parse_noSoundCodec_isRefused(String name) {
        assertThatThrownBy(() -> MediaCodecs.parse(name, Samplers.SOUND)).isInstanceOf(InvalidException.class);
    }
}
