package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoundTripTest {

    /** Says in the report whether the tests over networks of others had any. */
    @Test
    void models_shared_areRead() {
        assumeTrue(Models.shared().isPresent(), "no ../shared: only the project's own network is read");
        assertThat(Models.all()).hasSizeGreaterThan(5);
    }

    static List<Path> models() {
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
