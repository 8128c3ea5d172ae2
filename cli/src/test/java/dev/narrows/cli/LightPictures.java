package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Pictures made here, as IDX files like those of the MNIST family: three classes told by where the light is. */
final class LightPictures {

    static final int SIDE = 14;

    private LightPictures() {}

    /** 300 to learn from and 90 to be tested on. */
    static void write(Path directory) throws IOException {
        write(directory, "train", 300, 1);
        write(directory, "t10k", 90, 2);
    }

    /** A small network that learned them, in the output of {@code narrows train fit}. */
    static Path learned(Path data, int epochs, Path output) {
        return learned("cnn:width=0.25", data, epochs, output);
    }

    static Path learned(String network, Path data, int epochs, Path output) {
        Cli.Result result = Cli.run(
                "train",
                "fit",
                "--network",
                network,
                "--data",
                data.toString(),
                "--epochs",
                String.valueOf(epochs),
                "--batch",
                "32",
                "--optimizer",
                "adamw:rate=0.01",
                "-o",
                output.toString());
        assertThat(result.code()).isZero();
        return output.resolve("model.onnx");
    }

    private static void write(Path directory, String part, int items, long seed) throws IOException {
        Random random = new Random(seed);
        ByteArrayOutputStream pictures = new ByteArrayOutputStream();
        ByteArrayOutputStream classes = new ByteArrayOutputStream();
        DataOutputStream images = new DataOutputStream(pictures);
        DataOutputStream labels = new DataOutputStream(classes);
        images.writeInt(0x803);
        images.writeInt(items);
        images.writeInt(SIDE);
        images.writeInt(SIDE);
        labels.writeInt(0x801);
        labels.writeInt(items);
        for (int item = 0; item < items; item++) {
            int label = item % 3;
            labels.write(label);
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    boolean lit = x / 5 == label;
                    images.write((lit ? 120 : 0) + random.nextInt(130));
                }
            }
        }
        Files.write(directory.resolve(part + "-images-idx3-ubyte"), pictures.toByteArray());
        Files.write(directory.resolve(part + "-labels-idx1-ubyte"), classes.toByteArray());
    }
}
