package dev.narrows.items;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BilinearResizeTest {

    /** The CRC-32 of what Pillow 12.3.0 makes of the same picture, {@code resize((width, height), BILINEAR)}. */
    @ParameterizedTest
    @CsvSource({
        "16, 10, 2734502595",
        "50, 40, 1182908143",
        "16, 40, 693971759",
        "37, 9, 2649710577",
        "1, 1, 3191121226",
        "300, 5, 2342885636"
    })
    void resize_anySize_equalsPillow(int width, int height, long crc) {
        assertThat(crc(BilinearResize.resize(picture(3), width, height))).isEqualTo(crc);
    }

    @Test
    void resize_oneChannel_equalsPillow() {
        assertThat(crc(BilinearResize.resize(picture(1), 16, 10))).isEqualTo(3405982563L);
    }

    @Test
    void resize_sameSize_keepsTheValues() {
        Pixels picture = picture(3);

        assertThat(BilinearResize.resize(picture, picture.width(), picture.height())
                        .values())
                .isEqualTo(picture.values());
    }

    static Pixels picture(int channels) {
        int width = 37;
        int height = 23;
        byte[] values = new byte[width * height * channels];
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < channels; c++) {
                    values[at++] = (byte) (x * 37 + y * 91 + c * 53 + (x * y) % 29 * 7);
                }
            }
        }
        return new Pixels(width, height, channels, values);
    }

    private static long crc(Pixels pixels) {
        CRC32 crc = new CRC32();
        crc.update(pixels.values());
        return crc.getValue();
    }
}
