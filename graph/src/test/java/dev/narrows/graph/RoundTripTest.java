package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoundTripTest {

    static java.util.List<Path> models() {
        return Models.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void read_written_givesTheSameNetwork(Path file) {
        Network network = OnnxReader.read(file);

        ByteBuffer written = OnnxWriter.write(network);
        Network again = OnnxReader.read(written, OnnxReader.ExternalData.NONE);

        assertThat(again).isEqualTo(network);
        assertThat(OnnxWriter.write(again)).isEqualTo(written);
    }
}
