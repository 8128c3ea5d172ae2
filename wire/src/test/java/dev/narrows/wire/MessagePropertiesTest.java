package dev.narrows.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.DType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is written is what is read, whatever the message. */
class MessagePropertiesTest {

    private static final List<DType> TYPES = List.of(DType.values());

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .ofMaxLength(12)
                .filter(text -> text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF));
    }

    @Provide
    Arbitrary<Parameters> parameters() {
        Arbitrary<Object> values = Arbitraries.oneOf(
                texts().map(text -> text),
                Arbitraries.longs().map(number -> number),
                Arbitraries.doubles()
                        .filter(number -> !number.isInfinite() && !number.isNaN())
                        .map(number -> number),
                Arbitraries.of(true, false).map(flag -> flag));
        Arbitrary<String> names = texts().filter(
                        name -> !List.of("binary_data_size", "binary_data_output", "shared_memory_region")
                                .contains(name));
        return Arbitraries.maps(names, values).ofMaxSize(4).map((Map<String, Object> map) -> new Parameters(map));
    }

    /** Tensors with names of their own; {@code finite} ones can be written as JSON too. */
    private Arbitrary<List<WireTensor>> tensors(boolean finite) {
        Arbitrary<List<Long>> shapes = Arbitraries.longs().between(0, 3).list().ofMaxSize(4);
        Arbitrary<WireTensor> tensor = Combinators.combine(
                        Arbitraries.integers().between(0, TYPES.size()), shapes, parameters(), Arbitraries.longs())
                .as((type, shape, parameters, seed) -> tensor(type, shape, parameters, new Random(seed), finite));
        return tensor.list().ofMaxSize(3).map(list -> {
            List<WireTensor> named = new ArrayList<>();
            for (WireTensor one : list) {
                named.add(
                        new WireTensor("t" + named.size(), one.datatype(), one.shape(), one.parameters(), one.data()));
            }
            return named;
        });
    }

    private static WireTensor tensor(int type, List<Long> shape, Parameters parameters, Random random, boolean finite) {
        int elements = (int) WireTensor.elements("t", shape);
        if (type == TYPES.size()) {
            List<byte[]> strings = new ArrayList<>();
            for (int at = 0; at < elements; at++) {
                byte[] string = new byte[random.nextInt(5)];
                random.nextBytes(string);
                for (int b = 0; finite && b < string.length; b++) {
                    string[b] &= 0x7F;
                }
                strings.add(string);
            }
            return new WireTensor(
                    "t",
                    "BYTES",
                    shape,
                    parameters,
                    WireTensor.ofStrings("t", strings).data());
        }
        DType dtype = TYPES.get(type);
        if (finite && (dtype == DType.FLOAT16 || dtype == DType.BFLOAT16)) {
            dtype = DType.FLOAT32;
        }
        byte[] data = new byte[elements * dtype.bytes()];
        random.nextBytes(data);
        for (int at = 0; at < data.length; at++) {
            if (dtype == DType.BOOL) {
                data[at] &= 1;
            } else if (finite && dtype.isFloat() && at % dtype.bytes() == dtype.bytes() - 1) {
                data[at] &= (byte) 0xBF; // an exponent of less than all ones
            }
        }
        return new WireTensor("t", Datatype.of(dtype), shape, parameters, ByteBuffer.wrap(data));
    }

    @Provide
    Arbitrary<InferRequest> requests() {
        Arbitrary<List<String>> outputs =
                texts().filter(name -> !name.isEmpty()).list().uniqueElements().ofMaxSize(3);
        return Combinators.combine(texts(), texts(), texts(), parameters(), tensors(false), outputs)
                .as(InferRequest::new);
    }

    @Provide
    Arbitrary<InferResponse> responses() {
        return Combinators.combine(
                        texts().filter(name -> !name.isEmpty()), texts(), texts(), parameters(), tensors(true))
                .as(InferResponse::new);
    }

    @Property(tries = 300, seed = "1")
    void requestsWrittenAndRead_areTheSame(@ForAll("requests") InferRequest request) {
        RestBody body = RestCodec.write(request);

        RestCodec.ReadRequest read =
                RestCodec.readRequest(request.model(), request.version(), body.bytes(), body.jsonBytes());

        assertThat(read.request()).isEqualTo(request);
        assertThat(read.binaryOutputs()).isTrue();
        assertThat(Checksum.of(read.request())).isEqualTo(Checksum.of(request));
    }

    @Property(tries = 300, seed = "2")
    void responsesWrittenAndRead_areTheSame(
            @ForAll("responses") InferResponse response, @ForAll boolean first, @ForAll boolean rest) {
        RestCodec.ReadRequest request = new RestCodec.ReadRequest(
                new InferRequest("m", "", "", Parameters.NONE, List.of(), List.of()), rest, Map.of("t0", first));

        RestBody body = RestCodec.write(response, request);

        assertThat(RestCodec.readResponse(body.bytes(), body.jsonBytes())).isEqualTo(response);
    }

    @Property(tries = 300, seed = "3")
    void requestsThatDiffer_haveOtherChecksums(
            @ForAll("requests") InferRequest one, @ForAll("requests") InferRequest other) {
        assertThat(Checksum.of(one).equals(Checksum.of(other))).isEqualTo(one.equals(other));
    }
}
