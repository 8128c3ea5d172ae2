package dev.narrows.augment;

import dev.narrows.errors.ExecutionException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.random.RandomGenerator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * An image that was a JPEG file: encoded and decoded by the JDK's codec, three channels as red, green and blue with
 * chroma at half resolution, any other number each as a grey image.
 *
 * @param quality 1 to 100, as libjpeg counts
 */
record Jpeg(Range quality) implements Augmentation {

    Jpeg {
        Check.between("jpeg", quality, 1, 100);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        return through(values, Planes.of(values, shape), quality.draw(random));
    }

    static float[] through(float[] values, Planes planes, double quality) {
        int together = planes.channels() == 3 ? 3 : 1;
        for (int start = 0; start < values.length; start += together * planes.plane()) {
            BufferedImage image = new BufferedImage(
                    planes.width(),
                    planes.height(),
                    together == 3 ? BufferedImage.TYPE_3BYTE_BGR : BufferedImage.TYPE_BYTE_GRAY);
            byte[] bytes = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
            for (int i = 0; i < bytes.length; i++) {
                int at = start + (together - 1 - i % together) * planes.plane() + i / together;
                bytes[i] = (byte) Math.round(255 * Math.max(0f, Math.min(1f, values[at])));
            }
            Raster decoded = decode(encode(image, quality));
            int[] pixels = decoded.getPixels(0, 0, planes.width(), planes.height(), (int[]) null);
            for (int i = 0; i < pixels.length; i++) {
                values[start + i % together * planes.plane() + i / together] = pixels[i] / 255f;
            }
        }
        return values;
    }

    private static byte[] encode(BufferedImage image, double quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionQuality((float) (quality / 100));
            writer.setOutput(output);
            writer.write(null, new IIOImage(image, null, null), how);
        } catch (IOException e) {
            throw new ExecutionException("JPEG of " + image.getWidth() + " x " + image.getHeight() + " pixels", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static Raster decode(byte[] file) {
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (MemoryCacheImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(input, true, true);
            return reader.read(0).getRaster();
        } catch (IOException e) {
            throw new ExecutionException("JPEG of " + file.length + " bytes", e);
        } finally {
            reader.dispose();
        }
    }
}
