package dev.narrows.items;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.bundle.Preprocessing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads files into tensors for a network's input, as a bundle's pre-processing says. An .npy file holds a tensor that is
 * ready: it is taken as it is whatever the pre-processing. Stateless and thread-safe.
 */
public final class ItemReader {

    private final Preprocessing preprocessing;
    private final TensorSpec input;

    private ItemReader(Preprocessing preprocessing, TensorSpec input) {
        this.preprocessing = preprocessing;
        this.input = input;
    }

    /**
     * A reader for one input.
     *
     * @throws InvalidException if the pre-processing is no sound one (a rate of 0, two means for three channels …)
     */
    public static ItemReader of(Preprocessing preprocessing, TensorSpec input) {
        if (preprocessing instanceof Preprocessing.Image image) {
            ImageTensors.check(image, input);
        } else if (preprocessing instanceof Preprocessing.Audio audio) {
            SoundTensors.check(audio);
        }
        return new ItemReader(preprocessing, input);
    }

    /**
     * The file's content as a tensor of the input's dtype, with the batch axis: one item for sound and images, one or
     * more for .npy.
     *
     * @throws MalformedException if the file is damaged or of another kind
     * @throws InvalidException if there is no such file, or what it holds does not fit the input
     * @throws dev.narrows.errors.UnsupportedException if the file is of a variant that is not read (CMYK JPEG, complex
     *     .npy …)
     */
    public Tensor read(Path file) {
        byte[] start = start(file);
        Tensor tensor;
        if (Npy.isNpy(start)) {
            tensor = Npy.read(file);
        } else if (preprocessing instanceof Preprocessing.Image image) {
            tensor = ImageTensors.read(image, input, file);
        } else if (preprocessing instanceof Preprocessing.Audio audio) {
            tensor = SoundTensors.read(audio, file, start);
        } else {
            throw new MalformedException("raw tensor: not an .npy file (expected: .npy), file \"" + file + "\"");
        }
        return Fit.to(input, tensor, file);
    }

    private static byte[] start(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return stream.readNBytes(12);
        } catch (NoSuchFileException e) {
            throw new InvalidException("no such file: \"" + file + "\"", e);
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        }
    }
}
