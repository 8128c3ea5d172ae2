package dev.narrows.items;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.bundle.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoundTensorsTest {

    private static final TensorSpec PCM = new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, -1L));

    @TempDir
    Path directory;

    @Test
    void read_mono16BitAtTheRate_givesEachSampleBy32768Exactly() {
        int[] samples = {0, 1, -1, 32_767, -32_768, 12_345, -23_456, 77};
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 16_000, 1, Wavs.shorts(samples));

        Tensor tensor = read(file, 16_000, samples.length / 16_000.0, 1);

        float[] expected = new float[samples.length];
        for (int i = 0; i < samples.length; i++) {
            expected[i] = samples[i] / 32_768f;
        }
        assertThat(tensor.toFloats()).isEqualTo(expected);
        assertThat(tensor.shape()).containsExactly(1, samples.length);
    }

    @Test
    void read_8BitUnsigned_isCentredAt128() {
        byte[] data = {0, (byte) 128, (byte) 255, 64};
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 8, 8000, 1, data);

        assertThat(read(file, 8000, 4 / 8000.0, 1).toFloats()).containsExactly(-1f, 0f, 127 / 128f, -0.5f);
    }

    @Test
    void read_24Bit_isExact() {
        byte[] data = {1, 0, 0, (byte) 0xFF, (byte) 0xFF, 0x7F, 0, 0, (byte) 0x80};
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 24, 8000, 1, data);

        assertThat(read(file, 8000, 3 / 8000.0, 1).toFloats())
                .containsExactly(1 / 8_388_608f, 8_388_607 / 8_388_608f, -1f);
    }

    @Test
    void read_32Bit_isRoundedToFloat() {
        byte[] data = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1 << 30)
                .putInt(Integer.MIN_VALUE)
                .array();
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 32, 8000, 1, data);

        assertThat(read(file, 8000, 2 / 8000.0, 1).toFloats()).containsExactly(0.5f, -1f);
    }

    @Test
    void read_float_isTakenAsItIsWithinFullScale() {
        byte[] data = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0.1f)
                .putFloat(-1.5f)
                .putFloat(1)
                .array();
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.FLOAT, 32, 8000, 1, data);

        assertThat(read(file, 8000, 3 / 8000.0, 1).toFloats()).containsExactly(0.1f, -1f, 1f);
    }

    @Test
    void read_floatNaN_isRefused() {
        byte[] data = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(Float.NaN)
                .array();
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.FLOAT, 32, 8000, 1, data);

        assertThatThrownBy(() -> read(file, 8000, 1, 1))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("sample 0: NaN")
                .hasMessageContaining("a.wav");
    }

    @Test
    void read_stereoToMono_isTheMean() {
        byte[] data = Wavs.shorts(100, 300, -200, 0);
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 8000, 2, data);

        assertThat(read(file, 8000, 2 / 8000.0, 1).toFloats()).containsExactly(200 / 32_768f, -100 / 32_768f);
    }

    @Test
    void read_stereoToStereo_isOneRowAChannel() {
        TensorSpec spec = new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, 2L, -1L));
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 8000, 2, Wavs.shorts(1, 2, 3, 4));

        Tensor tensor = ItemReader.of(new Preprocessing.Audio(8000, 2 / 8000.0, 2), spec)
                .read(file);

        assertThat(tensor.shape()).containsExactly(1, 2, 2);
        assertThat(tensor.toFloats()).containsExactly(1 / 32_768f, 3 / 32_768f, 2 / 32_768f, 4 / 32_768f);
    }

    @Test
    void read_threeChannelsToTwo_isUnsupported() {
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 8000, 3, Wavs.shorts(1, 2, 3));

        assertThatThrownBy(() -> read(file, 8000, 1, 2))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("channels: 3 (expected: 2 or 1)");
    }

    @Test
    void read_shorterSound_isPaddedAndLongerIsCut() {
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 8000, 1, Wavs.shorts(1, 2, 3));

        assertThat(read(file, 8000, 5 / 8000.0, 1).toFloats())
                .containsExactly(1 / 32_768f, 2 / 32_768f, 3 / 32_768f, 0f, 0f);
        assertThat(read(file, 8000, 2 / 8000.0, 1).toFloats()).containsExactly(1 / 32_768f, 2 / 32_768f);
    }

    @Test
    void read_otherRate_isResampled() {
        int[] samples = new int[8000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (int) Math.round(16_384 * Math.sin(2 * Math.PI * 440 * i / 8000));
        }
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 8000, 1, Wavs.shorts(samples));

        float[] values = read(file, 16_000, 0.5, 1).toFloats();

        assertThat(values).hasSize(8000);
        assertThat(values[4001]).isCloseTo((float) (0.5 * Math.sin(2 * Math.PI * 440 * 4001 / 16_000)), within(1e-4f));
    }

    @Test
    void read_longFileShortItem_equalsTheWholeFileResampled() {
        // The reader stops early; what it left unread must not have mattered.
        Random random = new Random(7);
        int[] samples = random.ints(3 * 44_100, -9000, 9000).toArray();
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 44_100, 1, Wavs.shorts(samples));

        float[] early = read(file, 16_000, 0.5, 1).toFloats();
        float[] whole = read(file, 16_000, 3, 1).toFloats();

        assertThat(early).isEqualTo(java.util.Arrays.copyOf(whole, early.length));
    }

    @Test
    void read_truncated_isMalformed() {
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 8000, 1, Wavs.shorts(1, 2, 3), 1000);

        assertThatThrownBy(() -> read(file, 8000, 1, 1))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("truncated after 3 frames (expected: 500)");
    }

    @Test
    void read_sizeUnknownToItsWriter_endsWithTheFile() {
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 8000, 1, Wavs.shorts(1, 2, 3), -1);

        assertThat(read(file, 8000, 3 / 8000.0, 1).toFloats()).containsExactly(1 / 32_768f, 2 / 32_768f, 3 / 32_768f);
    }

    @Test
    void read_noSamples_isMalformed() {
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 8000, 1, new byte[0]);

        assertThatThrownBy(() -> read(file, 8000, 1, 1))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("no samples");
    }

    @Test
    void read_damagedHeaders_areRefusedWithTheFilesName() throws IOException {
        Path file = Wavs.write(directory.resolve("a.wav"), Wavs.PCM, 16, 8000, 1, Wavs.shorts(new int[200]));
        byte[] sound = Files.readAllBytes(file);
        Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = sound.clone();
            for (int flips = 0; flips < 1 + i % 4; flips++) {
                damaged[random.nextInt(44)] = (byte) random.nextInt(256);
            }
            Files.write(file, i % 5 == 0 ? java.util.Arrays.copyOf(damaged, random.nextInt(60)) : damaged);
            try {
                assertThat(read(file, 8000, 0.1, 1).elements()).isEqualTo(800);
            } catch (NarrowsException e) {
                assertThat(e).hasMessageContaining("a.wav");
                refused++;
            }
        }
        assertThat(refused).isBetween(500, 2000);
    }

    @Test
    void of_unsoundPreprocessing_isInvalid() {
        assertThatThrownBy(() -> ItemReader.of(new Preprocessing.Audio(1_000_000, 1, 1), PCM))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("rate: 1000000 Hz");
        assertThatThrownBy(() -> ItemReader.of(new Preprocessing.Audio(16_000, 1e9, 1), PCM))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("seconds");
        assertThatThrownBy(() -> ItemReader.of(new Preprocessing.Audio(16_000, 1e-9, 1), PCM))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("seconds");
        assertThatThrownBy(() -> ItemReader.of(new Preprocessing.Audio(16_000, 1, 65), PCM))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("channels: 65");
    }

    private static Tensor read(Path file, int rate, double seconds, int channels) {
        return ItemReader.of(new Preprocessing.Audio(rate, seconds, channels), PCM)
                .read(file);
    }
}
