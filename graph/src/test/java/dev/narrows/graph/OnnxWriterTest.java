package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OnnxWriterTest {

    @Test
    void write_twice_givesTheSameBytesInADirectBuffer() {
        ByteBuffer once = OnnxWriter.write(Protos.read(Protos.model()));
        ByteBuffer again = OnnxWriter.write(Protos.read(Protos.model()));

        assertThat(once.isDirect()).isTrue();
        assertThat(once).isEqualTo(again);
    }

    @Test
    void write_outputByNameOnly_hasNoType() {
        Network network = Protos.read(Protos.model());
        Network open = network.withOutputs(
                List.of(network.outputs().get(0), new ValueInfo("sum", Optional.empty(), "", Encoded.NONE)));

        ByteBuffer written = OnnxWriter.write(open);

        assertThat(Protos.parse(written).getGraph().getOutput(1).hasType()).isFalse();
        assertThat(OnnxReader.read(written, OnnxReader.ExternalData.NONE)).isEqualTo(open);
    }

    @Test
    void write_typeChangedSinceItWasRead_writesTheNewOne() {
        var model = Protos.model();
        model.getGraphBuilder().getInputBuilder(0).getTypeBuilder().setDenotation("IMAGE");
        ValueInfo read = Protos.read(model).inputs().get(0);
        TensorType wider = TensorType.of(ElementType.FLOAT, List.of(new Dim.Symbol("n"), new Dim.Known(4)));
        ValueInfo changed = new ValueInfo(read.name(), Optional.of(wider), read.doc(), read.encoded());

        Network written = OnnxReader.read(
                OnnxWriter.write(Protos.read(model).withInputs(List.of(changed))), OnnxReader.ExternalData.NONE);

        assertThat(read.encoded().isEmpty()).isFalse();
        assertThat(written.inputs().get(0)).isEqualTo(ValueInfo.of("x", wider));
    }

    @Test
    void write_brokenNetwork_isInvalid() {
        Network network = Protos.read(Protos.model());
        ValueInfo unknown = ValueInfo.of("z", TensorType.of(ElementType.FLOAT, List.of()));

        assertThatThrownBy(() -> OnnxWriter.write(network.withOutputs(List.of(unknown))))
                .isInstanceOf(InvalidException.class)
                .hasMessageContainingAll("output: made by no node", "\"z\"");
        assertThatThrownBy(() -> OnnxWriter.write(network.withInputs(List.of())))
                .isInstanceOf(InvalidException.class)
                .hasMessageContainingAll("input: \"x\"", "node \"add\"");
    }

    @Test
    void write_moreThanTwoGibibytes_isRefusedUnlessExternal() {
        Network network = Protos.read(Protos.model());
        ByteBuffer shared = ByteBuffer.allocate(1 << 26);
        Map<String, ConstantTensor> weights = new LinkedHashMap<>(network.initializers());
        Map<String, OnnxWriter.Place> places = new LinkedHashMap<>();
        for (int i = 0; i < 33; i++) {
            String name = "large" + i;
            weights.put(name, new ConstantTensor(name, ElementType.UINT8, List.of(1L << 26), shared, List.of(), ""));
            places.put(name, new OnnxWriter.Place("weights.bin", (long) i << 26, 1 << 26));
        }
        Network large = network.withInitializers(weights);

        assertThatThrownBy(() -> OnnxWriter.write(large))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContainingAll("2214592528 bytes", "external data", "network \"small\"");
        ByteBuffer written = OnnxWriter.write(large, places);
        assertThat(written.remaining()).isLessThan(10_000);
        ByteBuffer weightsFile = shared.asReadOnlyBuffer();
        assertThat(OnnxReader.read(written, (location, offset, length) -> {
                            assertThat(offset % (1 << 26)).isZero();
                            return weightsFile.slice(0, (int) length);
                        })
                        .initializers()
                        .keySet())
                .isEqualTo(large.initializers().keySet());
    }
}
