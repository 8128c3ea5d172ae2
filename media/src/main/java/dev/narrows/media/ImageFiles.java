package dev.narrows.media;

import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.MalformedException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.imageio.IIOImage;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The JDK's writers and readers of image files, on bytes. */
final class ImageFiles {

    private ImageFiles() {}

    /** The file that a writer makes; the writer is disposed of. */
    static byte[] write(ImageWriter writer, BufferedImage image, Consumer<ImageWriteParam> settings) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.accept(how);
            writer.setOutput(output);
            writer.write(null, new IIOImage(image, null, null), how);
        } catch (IOException e) {
            throw new ExecutionException(
                    "image of " + image.getWidth() + " × " + image.getHeight() + " pixels: cannot be coded", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /**
     * The values of a file; the reader is disposed of. What readers warn of (data that end too soon, or do not) counts as
     * damage.
     */
    static float[] read(ImageReader reader, byte[] file, Pixels pixels) {
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        try (MemoryCacheImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(input, true, true);
            pixels.requireSize(reader.getWidth(0), reader.getHeight(0));
            BufferedImage image = reader.read(0);
            if (!warnings.isEmpty()) {
                throw new MalformedException("image: damaged (" + warnings.get(0) + ")");
            }
            return pixels.values(image.getRaster());
        } catch (IOException e) {
            throw new MalformedException("image: damaged (" + e.getMessage() + ")", e);
        } catch (IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | NullPointerException
                | ArithmeticException e) {
            // What the readers throw on damaged headers.
            throw new MalformedException("image: damaged", e);
        } finally {
            reader.dispose();
        }
    }
}
