package dev.narrows.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.junit.jupiter.api.Test;

class PcmTest {

    private static final Speaker ANYBODY = new Speaker(Engine.FLITE, "slt");

    @Test
    void wav_clip_isReadByTheJdk() throws IOException, UnsupportedAudioFileException {
        byte[] wav = Pcm.wav(new float[] {0, 0.5f, -0.5f, 1.5f, -1.5f});

        try (AudioInputStream stream = AudioSystem.getAudioInputStream(new ByteArrayInputStream(wav))) {
            AudioFormat format = stream.getFormat();
            assertThat(format.getSampleRate()).isEqualTo(16_000);
            assertThat(format.getSampleSizeInBits()).isEqualTo(16);
            assertThat(format.getChannels()).isEqualTo(1);
            assertThat(format.isBigEndian()).isFalse();
            assertThat(stream.getFrameLength()).isEqualTo(5);
            assertThat(stream.readAllBytes())
                    .isEqualTo(new byte[] {0, 0, 0, 0x40, 0, (byte) 0xC0, (byte) 0xFF, 0x7F, 0, (byte) 0x80});
        }
    }

    @Test
    void wav_clip_hasTheLengthThatIsChecked() {
        assertThat(Pcm.wav(new float[Pcm.CLIP])).hasSize(Pcm.CLIP_BYTES);
    }

    @Test
    void read_ofWhatWasWritten_isTheSame() {
        float[] samples = {0, 0.25f, -1, 0.75f};

        Pcm.Sound sound = Pcm.read(Pcm.wav(samples), ANYBODY);

        assertThat(sound.rate()).isEqualTo(16_000);
        assertThat(sound.samples()).containsExactly(samples);
    }

    /** As espeak-ng writes to a pipe. */
    @Test
    void read_unknownSize_endsWithTheBytes() {
        byte[] wav = Pcm.wav(new float[] {0.25f, 0.5f});
        ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN).putInt(40, 0x7FFF_F000);

        assertThat(Pcm.read(wav, ANYBODY).samples()).containsExactly(0.25f, 0.5f);
    }

    @Test
    void read_stereo_isRefused() {
        byte[] wav = Pcm.wav(new float[2]);
        wav[22] = 2;

        assertThatThrownBy(() -> Pcm.read(wav, ANYBODY))
                .isInstanceOf(MalformedException.class)
                .hasMessage(
                        "speech: 2 channels of 16 bits at 16000 Hz (expected: WAV, 16 bits, mono), speaker flite:slt");
    }

    @Test
    void read_anyTruncation_isRefusedOrShorter() {
        byte[] wav = Pcm.wav(new float[] {0.25f, 0.5f});
        for (int length = 0; length < wav.length; length++) {
            byte[] cut = Arrays.copyOf(wav, length);
            if (length < 44) {
                assertThatThrownBy(() -> Pcm.read(cut, ANYBODY)).isInstanceOf(MalformedException.class);
            } else {
                assertThat(Pcm.read(cut, ANYBODY).samples()).hasSize((length - 44) / 2);
            }
        }
    }
}
