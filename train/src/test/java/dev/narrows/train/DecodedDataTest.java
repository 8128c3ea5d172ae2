package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.data.Dataset;
import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.media.MediaCodec;
import dev.narrows.media.MediaCodecs;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecodedDataTest {

    private static Dataset images(int count) {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[count * 64];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(256) / 255f;
        }
        Labels labels =
                new Labels("label", List.of("a", "b"), random.ints(count, 0, 2).toArray());
        return InMemory.of(new Kind.Image(), Tensor.of(values, count, 1, 8, 8), List.of(labels), List.of());
    }

    private static Dataset clips(int count) {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[count * 100];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(-32768, 32768) / 32768f;
        }
        return InMemory.of(new Kind.Sound(8000), Tensor.of(values, count, 100), List.of(), List.of());
    }

    private static MediaCodec codec(String name, Dataset data) {
        return MediaCodecs.parse(name, DecodedData.kind(data));
    }

    @Test
    void of_losslessCodecs_keepsTheValues() {
        for (Dataset data : List.of(images(5), clips(5))) {
            String name = data.kind() instanceof Kind.Image ? "png" : "pcm16";
            DecodedData decoded = DecodedData.of(data, codec(name, data), 2);

            for (int i = 0; i < data.size(); i++) {
                assertThat(decoded.values(i)).isEqualTo(data.values(i));
            }
            assertThat(decoded.size()).isEqualTo(5);
            assertThat(decoded.kind()).isEqualTo(data.kind());
            assertThat(decoded.shape()).isEqualTo(data.shape());
            assertThat(decoded.labels()).isEqualTo(data.labels());
        }
    }

    @Test
    void of_aLossyCodec_hasWhatItDecodesAndTheMeanOfItsBytes() {
        Dataset data = images(7);
        MediaCodec codec = codec("jpeg:30", data);
        DecodedData decoded = DecodedData.of(data, codec, 3);

        long bytes = 0;
        for (int i = 0; i < data.size(); i++) {
            byte[] code = codec.encode(data.values(i), data.shape());
            bytes += code.length;
            assertThat(decoded.values(i)).isEqualTo(codec.decode(code, data.shape()));
        }
        assertThat(decoded.meanBytes()).isEqualTo(bytes / 7.0);
    }

    @Test
    void of_anyNumberOfThreads_isTheSame() {
        Dataset data = images(5);
        DecodedData one = DecodedData.of(data, codec("pixels:2x3", data), 1);
        DecodedData many = DecodedData.of(data, codec("pixels:2x3", data), 9);

        for (int i = 0; i < data.size(); i++) {
            assertThat(many.values(i)).isEqualTo(one.values(i));
        }
        assertThat(many.meanBytes()).isEqualTo(one.meanBytes()).isEqualTo(3);
    }

    @Test
    void of_aCodecThatDoesNotTakeTheShape_throwsItsError() {
        Dataset data = images(5);

        assertThatThrownBy(() -> DecodedData.of(data, codec("pixels:4x9", data), 2))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("size: 9 (expected: at most the image's, 8 × 8)");
    }

    @Test
    void kind_ofSeries_isRefused() {
        Dataset series = InMemory.of(new Kind.Series(), Tensor.of(new float[4], 1, 1, 4), List.of(), List.of());

        assertThatThrownBy(() -> DecodedData.kind(series))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("items: neither images nor sound");
    }
}
