package dev.narrows.items;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.wire.bundle.Preprocessing;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageTensorsTest {

    private static final TensorSpec PLANES = new TensorSpec("x", DType.FLOAT32, List.of(-1L, 3L, -1L, -1L));
    private static final TensorSpec LAST = new TensorSpec("x", DType.FLOAT32, List.of(-1L, -1L, -1L, 3L));
    private static final TensorSpec GREY = new TensorSpec("x", DType.FLOAT32, List.of(-1L, 1L, -1L, -1L));

    @TempDir
    Path directory;

    @Test
    void read_plain_givesPlanesOfRedGreenBlue() throws IOException {
        Path file = png(2, 1, 0x010203, 0x0A0B0C);

        Tensor tensor = ItemReader.of(plain(false, false), PLANES).read(file);

        assertThat(tensor.shape()).containsExactly(1, 3, 1, 2);
        assertThat(tensor.toFloats()).containsExactly(1, 10, 2, 11, 3, 12);
    }

    @Test
    void read_bgrChannelsLast_givesPixelsOfBlueGreenRed() throws IOException {
        Path file = png(2, 1, 0x010203, 0x0A0B0C);

        Tensor tensor = ItemReader.of(plain(true, true), LAST).read(file);

        assertThat(tensor.shape()).containsExactly(1, 1, 2, 3);
        assertThat(tensor.toFloats()).containsExactly(3, 2, 1, 12, 11, 10);
    }

    @Test
    void read_meanAndStd_areThoseOfTheTensorsChannels() throws IOException {
        Path file = png(1, 1, 0x336699);
        Preprocessing.Image image = new Preprocessing.Image(
                0, 0, false, false, 1 / 255.0, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

        float[] values = ItemReader.of(image, PLANES).read(file).toFloats();

        assertThat(values).containsExactly((float) ((0.2 - 0.485) / 0.229), (float) ((0.4 - 0.456) / 0.224), (float)
                ((0.6 - 0.406) / 0.225));
    }

    @Test
    void read_greyInput_takesLumaAsPillowDoes() throws IOException {
        Pixels picture = BilinearResizeTest.picture(3);
        int[] colours = new int[picture.width() * picture.height()];
        for (int i = 0; i < colours.length; i++) {
            colours[i] = ((picture.values()[3 * i] & 0xFF) << 16)
                    | ((picture.values()[3 * i + 1] & 0xFF) << 8)
                    | (picture.values()[3 * i + 2] & 0xFF);
        }
        Path file = png(picture.width(), picture.height(), colours);

        float[] values = ItemReader.of(plain(false, false), GREY).read(file).toFloats();

        CRC32 crc = new CRC32();
        for (float value : values) {
            crc.update((int) value);
        }
        assertThat(crc.getValue()).isEqualTo(3788695599L);
    }

    @Test
    void read_greyFile_keepsItsValues() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 100);
        image.getRaster().setSample(1, 0, 0, 200);
        Path file = write(image);

        assertThat(ItemReader.of(plain(false, false), GREY).read(file).toFloats())
                .containsExactly(100, 200);
        assertThat(ItemReader.of(plain(false, false), PLANES).read(file).toFloats())
                .containsExactly(100, 200, 100, 200, 100, 200);
    }

    @Test
    void read_16BitFile_keepsTheUpper8Bits() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSample(0, 0, 0, 0x7FEE);

        assertThat(ItemReader.of(plain(false, false), GREY).read(write(image)).toFloats())
                .containsExactly(0x7F);
    }

    @Test
    void read_transparentFile_dropsTheAlpha() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x40102030);

        assertThat(ItemReader.of(plain(false, false), PLANES).read(write(image)).toFloats())
                .containsExactly(0x10, 0x20, 0x30);
    }

    @Test
    void read_jpegWithAProfile_keepsTheStoredValues() throws IOException {
        ComponentColorModel linear = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB),
                false,
                false,
                Transparency.OPAQUE,
                DataBuffer.TYPE_BYTE);
        BufferedImage image = new BufferedImage(linear, linear.createCompatibleWritableRaster(8, 8), false, null);
        for (int i = 0; i < 64; i++) {
            image.getRaster().setPixel(i % 8, i / 8, new int[] {50, 60, 70});
        }
        Path file = directory.resolve("a.jpg");
        assertThat(ImageIO.write(image, "jpg", file.toFile())).isTrue();

        float[] values = ItemReader.of(plain(false, false), PLANES).read(file).toFloats();

        // As sRGB they would be 122, 132 and 141; the coding of JPEG moves them by 1 or 2.
        assertThat(values[0]).isBetween(47f, 53f);
        assertThat(values[64]).isBetween(57f, 63f);
        assertThat(values[128]).isBetween(67f, 73f);
    }

    @Test
    void read_indexedFile_givesItsColours() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_INDEXED);
        image.setRGB(0, 0, 0x336699);

        assertThat(ItemReader.of(plain(false, false), PLANES).read(write(image)).toFloats())
                .containsExactly(0x33, 0x66, 0x99);
    }

    @Test
    void read_resizeAndCrop_takesTheMiddleOfTheShorterSide() throws IOException {
        // 8 × 4: left half black, right half white.
        int[] colours = new int[32];
        for (int i = 0; i < 32; i++) {
            colours[i] = i % 8 < 4 ? 0 : 0xFFFFFF;
        }
        Path file = png(8, 4, colours);
        Preprocessing.Image image = new Preprocessing.Image(2, 2, false, false, 1, List.of(0.0), List.of(1.0));

        Tensor tensor = ItemReader.of(image, PLANES).read(file);

        // Resized to 4 × 2; the crop leaves columns 1 and 2: one on each side of the edge.
        assertThat(tensor.shape()).containsExactly(1, 3, 2, 2);
        assertThat(tensor.toFloats()[0]).isLessThan(64);
        assertThat(tensor.toFloats()[1]).isGreaterThan(191);
    }

    @Test
    void read_uint8Input_givesTheBytes() throws IOException {
        TensorSpec spec = new TensorSpec("x", DType.UINT8, List.of(1L, 1L, 1L, 3L));

        Tensor tensor = ItemReader.of(plain(false, true), spec).read(png(1, 1, 0x80FF01));

        assertThat(tensor.dtype()).isEqualTo(DType.UINT8);
        assertThat(tensor.toLongs()).containsExactly(0x80, 0xFF, 1);
    }

    @Test
    void read_anotherSizeThanTheInput_isInvalidWithBoth() throws IOException {
        TensorSpec spec = new TensorSpec("x", DType.FLOAT32, List.of(1L, 3L, 4L, 4L));
        Path file = png(2, 1, 0, 0);

        assertThatThrownBy(() -> ItemReader.of(plain(false, false), spec).read(file))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("shape: [1, 3, 1, 2] (expected: [1, 3, 4, 4]")
                .hasMessageContaining(file.toString());
    }

    @Test
    void read_smallerThanTheCrop_isInvalid() throws IOException {
        Path file = png(2, 1, 0, 0);
        Preprocessing.Image image = new Preprocessing.Image(0, 2, false, false, 1, List.of(0.0), List.of(1.0));

        assertThatThrownBy(() -> ItemReader.of(image, PLANES).read(file))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("image: 2 × 1 pixels (expected: at least 2 × 2 to crop)");
    }

    @Test
    void read_hugeClaimedSize_isRefusedBeforeItIsDecoded() throws IOException {
        Path file = png(1, 1, 0);
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).putInt(16, 60_000).putInt(20, 60_000);
        CRC32 crc = new CRC32();
        crc.update(bytes, 12, 17);
        ByteBuffer.wrap(bytes).putInt(29, (int) crc.getValue());
        Files.write(file, bytes);

        assertThatThrownBy(() -> ItemReader.of(plain(false, false), PLANES).read(file))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("60000 × 60000 pixels");
    }

    @Test
    void read_noImage_isMalformed() throws IOException {
        Path file = Files.writeString(directory.resolve("a.png"), "not an image at all");

        assertThatThrownBy(() -> ItemReader.of(plain(false, false), PLANES).read(file))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("no known format");
    }

    @Test
    void read_damagedFiles_areReadOrRefusedWithTheirName() throws IOException {
        Random random = new Random(13);
        BufferedImage image = new BufferedImage(24, 16, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 24 * 16; i++) {
            image.setRGB(i % 24, i / 24, random.nextInt(1 << 24));
        }
        int refused = 0;
        for (String format : new String[] {"png", "jpg"}) {
            Path file = directory.resolve("damaged." + format);
            ImageIO.write(image, format, file.toFile());
            byte[] bytes = Files.readAllBytes(file);
            for (int i = 0; i < 500; i++) {
                byte[] damaged = bytes.clone();
                for (int flips = 0; flips <= i % 5; flips++) {
                    damaged[random.nextInt(i % 2 == 0 ? 60 : bytes.length)] = (byte) random.nextInt(256);
                }
                Files.write(
                        file, i % 7 == 0 ? java.util.Arrays.copyOf(damaged, random.nextInt(bytes.length)) : damaged);
                try {
                    ItemReader.of(plain(false, false), PLANES).read(file);
                } catch (NarrowsException e) {
                    assertThat(e).hasMessageContaining("damaged." + format);
                    refused++;
                }
            }
        }
        assertThat(refused).isBetween(200, 1000);
    }

    @Test
    void read_freeChannelAxis_hasAsManyChannelsAsMeans() throws IOException {
        TensorSpec free = new TensorSpec("x", DType.FLOAT32, List.of(-1L, -1L, -1L, -1L));
        Path file = png(1, 1, 0x102030);
        List<Double> zeros = List.of(0.0, 0.0, 0.0);
        List<Double> ones = List.of(1.0, 1.0, 1.0);

        assertThat(ItemReader.of(new Preprocessing.Image(0, 0, false, false, 1, zeros, ones), free)
                        .read(file)
                        .shape())
                .containsExactly(1, 3, 1, 1);
        assertThat(ItemReader.of(plain(false, false), free).read(file).shape()).containsExactly(1, 1, 1, 1);
    }

    @Test
    void of_unsoundPreprocessing_isInvalid() {
        List<Double> two = List.of(1.0, 2.0);
        assertThatThrownBy(() -> ItemReader.of(new Preprocessing.Image(0, 0, false, false, 1, two, two), PLANES))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("mean: 2 values (expected: 1 or 3");
        assertThatThrownBy(() -> ItemReader.of(
                        new Preprocessing.Image(1_000_000, 0, false, false, 1, List.of(0.0), List.of(1.0)), PLANES))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("resize, crop: 1000000, 0");
        TensorSpec seven = new TensorSpec("x", DType.FLOAT32, List.of(1L, 8L, 8L, 7L));
        assertThatThrownBy(() -> ItemReader.of(plain(false, true), seven))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("channels: 7 (expected: 1 or 3)");
    }

    private static Preprocessing.Image plain(boolean bgr, boolean channelsLast) {
        return new Preprocessing.Image(0, 0, bgr, channelsLast, 1, List.of(0.0), List.of(1.0));
    }

    private Path png(int width, int height, int... colours) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, height, colours, 0, width);
        return write(image);
    }

    private Path write(BufferedImage image) throws IOException {
        Path file = directory.resolve("a.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }
}
