package dev.narrows.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CorruptRequestsTest {

    private static final int CORRUPTIONS = 3_000;
    private static final String JSON = "0123456789abcdefghijklmnopqrstuvwxyz_\"{}[]:,.-";

    @Test
    void readRequest_corruptedBody_isRefusedOrMeansTheSame() {
        InferRequest original = Tensors.coded();
        RestBody body = RestCodec.write(original);
        Random random = new Random(42);
        int refused = 0;
        for (int number = 0; number < CORRUPTIONS; number++) {
            int[] jsonBytes = {body.jsonBytes()};
            byte[] corrupted = corrupt(body.bytes(), jsonBytes, number % 7, random);
            try {
                RestCodec.ReadRequest read = RestCodec.readRequest("barista", "", corrupted, jsonBytes[0]);
                Checksum.verify(read.request());
                assertThat(read.request()).as("corruption %d passed", number).isEqualTo(original);
                assertThat(read.binaryOutputs()).isTrue();
            } catch (MalformedException | InvalidException | UnsupportedException e) {
                assertThat(e).hasMessageContaining("expected");
                refused++;
            }
        }
        // A body may be changed without effect by a space between tokens, hardly by anything else.
        assertThat(refused).isGreaterThan(CORRUPTIONS * 99 / 100);
    }

    private static byte[] corrupt(byte[] body, int[] jsonBytes, int kind, Random random) {
        byte[] bytes = body.clone();
        int at = random.nextInt(bytes.length);
        switch (kind) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                byte before = bytes[at];
                while (bytes[at] == before) {
                    bytes[at] = (byte) random.nextInt();
                }
            }
            case 2 -> bytes = Arrays.copyOf(bytes, at);
            case 3 -> { // as a careful attacker would: JSON stays JSON
                at = random.nextInt(jsonBytes[0]);
                bytes[at] = (byte) JSON.charAt(random.nextInt(JSON.length()));
                if (bytes[at] == body[at]) {
                    bytes[at] ^= 1;
                }
            }
            case 4 -> { // a byte more
                bytes = Arrays.copyOf(bytes, bytes.length + 1);
                System.arraycopy(body, at, bytes, at + 1, body.length - at);
                bytes[at] = (byte) random.nextInt();
                jsonBytes[0] += at < jsonBytes[0] ? 1 : 0;
            }
            case 5 -> { // two stretches of the same length change places
                int length = 1 + random.nextInt(8);
                int from = random.nextInt(bytes.length - 2 * length);
                byte[] first = Arrays.copyOfRange(bytes, from, from + length);
                System.arraycopy(bytes, from + length, bytes, from, length);
                System.arraycopy(first, 0, bytes, from + length, length);
                if (Arrays.equals(bytes, body)) {
                    bytes[from] ^= 1;
                }
            }
            default -> jsonBytes[0] = random.nextBoolean() ? random.nextInt() : random.nextInt(bytes.length + 1);
        }
        return bytes;
    }
}
