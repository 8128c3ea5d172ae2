package dev.narrows.media;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import com.luciad.imageio.webp.WebPImageWriterSpi;
import com.luciad.imageio.webp.WebPWriteParam;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalInt;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;

/**
 * WebP by libwebp, where small images come out smallest; grey goes as three equal channels, as the format has no other. Its native code
 * is there for Linux, macOS and Windows on x86-64.
 *
 * <p>That libwebp is of 2020, before the repair of CVE-2023-4863: give it no bytes that somebody else may have written.
 */
final class WebpCodec implements MediaCodec {

    private static final int SLOWEST = 6;
    private static final int LOSSLESS_METHOD = 4;
    private static final int LOSSLESS_EFFORT = 75;

    private final OptionalInt quality;
    private final boolean bare;

    /**
     * @param quality 0 to 100; empty for lossless
     * @param bare without what is the same for all images of a shape
     */
    WebpCodec(OptionalInt quality, boolean bare) {
        quality.ifPresent(value -> {
            if (value < 0 || value > 100) {
                throw new InvalidException("quality: " + value + " (expected: 0 to 100), codec \"webp\"");
            }
        });
        this.quality = quality;
        this.bare = bare;
    }

    /** Whether this platform has the native code. */
    static boolean isAvailable() {
        try {
            requireNative();
            return true;
        } catch (UnsupportedException e) {
            return false;
        }
    }

    /** @throws UnsupportedException if this platform has not */
    static void requireNative() {
        require(WebpCodec::load);
    }

    /**
     * @param load what needs the native code
     * @throws UnsupportedException if there is none for this platform
     */
    static void require(Runnable load) {
        try {
            load.run();
        } catch (LinkageError | RuntimeException e) { // the library throws either, by what is missing
            throw new UnsupportedException(
                    "WebP: no native code for " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                            + " (expected: Linux, macOS or Windows on x86-64)",
                    e);
        }
    }

    private static void load() {
        new WebPWriteParam(Locale.ROOT).setMethod(SLOWEST);
    }

    @Override
    public String name() {
        return (bare ? "webp-bare:" : "webp:") + (quality.isPresent() ? "" + quality.getAsInt() : "lossless");
    }

    private boolean lossless() {
        return quality.isEmpty();
    }

    @Override
    public byte[] encode(float[] values, long[] shape) {
        Pixels pixels = Pixels.of(shape);
        BufferedImage image = pixels.image(values, true);
        requireNative();
        byte[] file = ImageFiles.write(writer(), image, how -> {
            how.setCompressionType(how.getCompressionTypes()[
                    lossless() ? WebPWriteParam.LOSSLESS_COMPRESSION : WebPWriteParam.LOSSY_COMPRESSION]);
            how.setCompressionQuality(quality.orElse(LOSSLESS_EFFORT) / 100f);
            tune((WebPWriteParam) how);
        });
        byte[] payload = WebpFile.bare(file, lossless(), pixels);
        return bare ? payload : file;
    }

    /**
     * On 200 CIFAR-10 images one segment without noise shaping gave 1 to 2 % fewer bytes at the same error than the
     * defaults, more passes and another filter nothing; lossless, the slowest method was 2 % larger and took 24 times
     * the time.
     */
    private void tune(WebPWriteParam how) {
        how.setMethod(lossless() ? LOSSLESS_METHOD : SLOWEST);
        how.setSegments(1);
        how.setSnsStrength(0);
    }

    @Override
    public float[] decode(byte[] bytes, long[] shape) {
        Pixels pixels = Pixels.of(shape);
        byte[] payload = bare ? bytes : WebpFile.bare(bytes, lossless(), pixels);
        requireNative();
        return ImageFiles.read(reader(), WebpFile.whole(payload, lossless(), pixels), pixels);
    }

    private static ImageWriter writer() {
        try {
            return new WebPImageWriterSpi().createWriterInstance();
        } catch (IOException e) {
            throw new ExecutionException("WebP: no writer", e);
        }
    }

    private static ImageReader reader() {
        try {
            return new WebPImageReaderSpi().createReaderInstance();
        } catch (IOException e) {
            throw new ExecutionException("WebP: no reader", e);
        }
    }
}
