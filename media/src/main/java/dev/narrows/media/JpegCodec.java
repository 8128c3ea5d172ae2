package dev.narrows.media;

import dev.narrows.errors.InvalidException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.imageio.ImageIO;
import javax.imageio.plugins.jpeg.JPEGImageWriteParam;

/**
 * JPEG by the JDK's libjpeg: baseline, chroma at half resolution.
 *
 * <p>Whole files are the smallest that are legal: no JFIF header, Huffman tables made for the image. Bare ones are JPEG's
 * best case where many small images of one shape are sent: the data of the scan alone, with the standard's Huffman tables
 * (T.81, K.3) so that everything before them is the same for all images and known to the receiver.
 */
final class JpegCodec implements MediaCodec {

    private final int quality;
    private final boolean bare;
    private final Map<Pixels, JpegFile> headers = new ConcurrentHashMap<>();

    /** @param quality 1 to 100, as libjpeg counts */
    JpegCodec(int quality, boolean bare) {
        if (quality < 1 || quality > 100) {
            throw new InvalidException("quality: " + quality + " (expected: 1 to 100), codec \"jpeg\"");
        }
        this.quality = quality;
        this.bare = bare;
    }

    @Override
    public String name() {
        return (bare ? "jpeg-bare:" : "jpeg:") + quality;
    }

    @Override
    public byte[] encode(float[] values, long[] shape) {
        JpegFile file = file(values, Pixels.of(shape));
        return bare ? file.scan() : file.bytes();
    }

    private JpegFile file(float[] values, Pixels pixels) {
        byte[] bytes = ImageFiles.write(
                ImageIO.getImageWritersByFormatName("jpeg").next(), pixels.image(values, false), how -> {
                    how.setCompressionQuality(quality / 100f);
                    ((JPEGImageWriteParam) how).setOptimizeHuffmanTables(!bare);
                });
        return JpegFile.parse(bytes).smallest();
    }

    /** That of any image of the shape: nothing in it depends on the values. */
    private JpegFile header(Pixels pixels) {
        return headers.computeIfAbsent(
                pixels,
                shape ->
                        file(new float[shape.channels() * shape.plane()], shape).with(new byte[0]));
    }

    @Override
    public float[] decode(byte[] bytes, long[] shape) {
        Pixels pixels = Pixels.of(shape);
        byte[] file = bare
                ? header(pixels).with(bytes).bytes()
                : JpegFile.parse(bytes).bytes();
        return ImageFiles.read(ImageIO.getImageReadersByFormatName("jpeg").next(), file, pixels);
    }
}
