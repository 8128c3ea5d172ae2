package dev.narrows.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tensors and messages that several tests use. */
final class Tensors {

    private Tensors() {}

    static WireTensor floats(String name, List<Long> shape, float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new WireTensor(name, "FP32", shape, Parameters.NONE, data);
    }

    static WireTensor of(String name, String datatype, List<Long> shape, byte... data) {
        return new WireTensor(name, datatype, shape, Parameters.NONE, ByteBuffer.wrap(data));
    }

    /** A request as a device sends it: one coded item, our parameters, a checksum. */
    static InferRequest coded() {
        byte[] code = new byte[208];
        for (int at = 0; at < code.length; at++) {
            code[at] = (byte) (at * 37 + 11);
        }
        Parameters parameters = Parameters.NONE
                .with(Parameters.CUT, "code")
                .with(Parameters.CODEC, "q4")
                .with(Parameters.BUNDLE, "0123456789abcdef")
                .with(Parameters.DEADLINE, 300L);
        return Checksum.sign(new InferRequest(
                "barista",
                "",
                "17",
                parameters,
                List.of(WireTensor.ofStrings("code", List.of(code)), floats("skip", List.of(1L, 2L), 0.5f, -2f)),
                List.of("probabilities")));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(RestBody body) {
        return new String(body.bytes(), 0, body.jsonBytes(), StandardCharsets.UTF_8);
    }
}
