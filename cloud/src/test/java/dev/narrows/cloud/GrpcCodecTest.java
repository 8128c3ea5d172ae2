package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.narrows.cloud.oip.InferTensorContents;
import dev.narrows.cloud.oip.ModelInferRequest;
import dev.narrows.cloud.oip.ModelInferResponse;
import dev.narrows.engine.DType;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.Datatype;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class GrpcCodecTest {

    @Property(tries = 200, seed = "1")
    void readRequest_ofWrittenRequest_isTheSame(@ForAll long seed) throws InvalidProtocolBufferException {
        Random random = new Random(seed);
        Parameters parameters = Parameters.NONE
                .with("text", "t" + random.nextInt())
                .with("integer", random.nextLong())
                .with("real", random.nextDouble())
                .with("flag", random.nextBoolean());
        InferRequest request = new InferRequest("m" + seed, "1", "id", parameters, tensors(random), List.of("a", "b"));

        GrpcCodec.ReadRequest read = GrpcCodec.readRequest(
                ModelInferRequest.parseFrom(GrpcCodec.write(request).toByteArray()));

        assertThat(read.raw()).isEqualTo(!request.inputs().isEmpty());
        assertThat(read.request()).isEqualTo(request);
        assertThat(Checksum.of(read.request())).isEqualTo(Checksum.of(request));
    }

    @Property(tries = 200, seed = "2")
    void readResponse_ofWrittenResponse_isTheSameRawAndTyped(@ForAll long seed) throws InvalidProtocolBufferException {
        List<WireTensor> tensors = tensors(new Random(seed));
        InferResponse response = new InferResponse("m", "1", "id", Parameters.NONE.with("server_us", 7L), tensors);

        for (boolean raw : new boolean[] {true, false}) {
            ModelInferResponse message =
                    ModelInferResponse.parseFrom(GrpcCodec.write(response, raw).toByteArray());

            assertThat(GrpcCodec.readResponse(message)).isEqualTo(response);
        }
    }

    @Test
    void readRequest_typedContentsOutOfRange_isInvalid() {
        assertThat(read("INT8", InferTensorContents.newBuilder().addIntContents(-128))
                        .get())
                .isEqualTo((byte) -128);
        assertThat(read("UINT8", InferTensorContents.newBuilder().addUintContents(255))
                        .get())
                .isEqualTo((byte) -1);
        for (String datatype : List.of("INT8", "INT16")) {
            assertThatThrownBy(() ->
                            read(datatype, InferTensorContents.newBuilder().addIntContents(40_000)))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("40000");
        }
        assertThatThrownBy(() -> read("UINT8", InferTensorContents.newBuilder().addUintContents(256)))
                .isInstanceOf(InvalidException.class);
    }

    private static ByteBuffer read(String datatype, InferTensorContents.Builder contents) {
        return GrpcContents.read("t", datatype, List.of(1L), contents.build());
    }

    /** Tensors of some of the datatypes; one of FP16 or BF16 forces raw responses. */
    private static List<WireTensor> tensors(Random random) {
        List<WireTensor> tensors = new ArrayList<>();
        for (DType dtype : DType.values()) {
            if (random.nextInt(3) > 0) {
                continue;
            }
            byte[] data = new byte[2 * 3 * dtype.bytes()];
            random.nextBytes(data);
            if (dtype == DType.BOOL) {
                for (int i = 0; i < data.length; i++) {
                    data[i] &= 1;
                }
            }
            if (dtype.isFloat()) { // no NaN: its bits are not kept by every way of carrying it
                java.util.Arrays.fill(data, (byte) random.nextInt(64));
            }
            tensors.add(new WireTensor(
                    "t" + dtype, Datatype.of(dtype), List.of(2L, 3L), Parameters.NONE, ByteBuffer.wrap(data)));
        }
        return tensors;
    }
}
