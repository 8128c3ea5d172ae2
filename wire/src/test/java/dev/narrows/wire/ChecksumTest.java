package dev.narrows.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumTest {

    /** The message that docs/protocol.md spells out. */
    private static InferRequest documented() {
        return new InferRequest(
                "barista",
                "",
                "7",
                Parameters.NONE.with("cut", "code").with("deadline_ms", 300L),
                List.of(WireTensor.ofStrings("code", List.of(new byte[] {1, 2, 3}))),
                List.of("probabilities"));
    }

    @Test
    void of_documentedRequest_isTheCrcOfTheDocumentedBytes() {
        Bytes bytes = new Bytes();
        bytes.raw('Q').text("barista").text("").text("7");
        bytes.count(2)
                .text("cut")
                .raw('s')
                .text("code")
                .text("deadline_ms")
                .raw('i')
                .integer(300);
        bytes.count(1).text("code").text("BYTES").count(1).integer(1).count(0);
        bytes.integer(7).count(3).raw(1, 2, 3);
        bytes.count(1).text("probabilities");
        CRC32 crc = new CRC32();
        crc.update(bytes.out.toByteArray());

        assertThat(Checksum.of(documented()))
                .isEqualTo(String.format("%08x", crc.getValue()))
                .isEqualTo("e5fac3f3");
    }

    @Test
    void of_layoutParameters_playNoPart() {
        InferRequest request = documented();
        Parameters layout =
                request.parameters().with("binary_data_output", true).with("checksum", "00000000");

        assertThat(Checksum.of(request.withParameters(layout))).isEqualTo(Checksum.of(request));
    }

    @Test
    void of_sameTextElsewhere_isAnother() {
        InferRequest one = new InferRequest("ab", "c", "", Parameters.NONE, List.of(), List.of());
        InferRequest other = new InferRequest("a", "bc", "", Parameters.NONE, List.of(), List.of());
        InferRequest third = one.withParameters(Parameters.NONE.with("a", 1L));
        InferRequest fourth = one.withParameters(Parameters.NONE.with("a", "1"));

        assertThat(List.of(Checksum.of(one), Checksum.of(other), Checksum.of(third), Checksum.of(fourth)))
                .doesNotHaveDuplicates();
    }

    @Test
    void verify_signedMessages_pass() {
        InferResponse response =
                new InferResponse("m", "", "", Parameters.NONE, List.of(Tensors.floats("y", List.of(1L), 1)));

        assertThatCode(() -> Checksum.verify(Tensors.coded())).doesNotThrowAnyException();
        assertThatCode(() -> Checksum.verify(Checksum.sign(response))).doesNotThrowAnyException();
    }

    @Test
    void verify_changedMessages_areMalformed() {
        InferRequest request = Tensors.coded();
        InferResponse response = Checksum.sign(
                new InferResponse("m", "", "", Parameters.NONE, List.of(Tensors.floats("y", List.of(1L), 1))));

        assertThatThrownBy(() -> Checksum.verify(
                        request.withParameters(request.parameters().with(Parameters.CODEC, "q8"))))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Checksum.verify(
                        response.withParameters(response.parameters().with(Parameters.SERVER_MICROS, 1L))))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Checksum.verify(response.withParameters(Parameters.NONE)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("checksum: none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "codec", "bundle", "deadline_ms"})
    void verify_ourParameterWithoutChecksum_isInvalid(String name) {
        InferRequest request = new InferRequest("m", "", "", Parameters.NONE.with(name, "x"), List.of(), List.of());

        assertThatThrownBy(() -> Checksum.verify(request))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(name);
    }

    @Test
    void verify_foreignRequestWithoutChecksum_passes() {
        InferRequest request = new InferRequest(
                "m", "", "", Parameters.NONE.with("sequence_id", 7L).with("priority", 1L), List.of(), List.of());

        assertThatCode(() -> Checksum.verify(request)).doesNotThrowAnyException();
    }

    @Test
    void verify_checksumThatIsNoText_isInvalid() {
        InferRequest request =
                new InferRequest("m", "", "", Parameters.NONE.with("checksum", 7L), List.of(), List.of());

        assertThatThrownBy(() -> Checksum.verify(request)).isInstanceOf(InvalidException.class);
    }

    /** The canonical bytes, written a second time and otherwise. */
    private static final class Bytes {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Bytes raw(int... values) {
            for (int value : values) {
                out.write(value);
            }
            return this;
        }

        Bytes count(long value) {
            return raw((int) value, (int) (value >> 8), (int) (value >> 16), (int) (value >> 24));
        }

        Bytes integer(long value) {
            return count(value).count(value >> 32);
        }

        Bytes text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            count(utf8.length);
            out.write(utf8, 0, utf8.length);
            return this;
        }
    }
}
