package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Float8Test {

    /** What the runtime's own Cast makes of numbers, there and back. */
    private static float[] cast(Float8 format, float... values) {
        Network network = Sketch.opset(19)
                .input("x", values.length)
                .node("Cast x -> a", Map.of("to", Sketch.of((long) format.type().number())))
                .node("Cast a -> y", Map.of("to", Sketch.of(1L)))
                .output("y", values.length)
                .network();
        try (Session session = Reference.open(Imports.irVersion(network, Float8.IR_VERSION))) {
            return Objects.requireNonNull(session.run(Map.of("x", Tensor.of(values, values.length)))
                            .get("y"))
                    .toFloats();
        }
    }

    /** All upper halves of float32's patterns, with lower halves about every tie. */
    private static float[] patterns() {
        int[] lower = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff};
        float[] values = new float[lower.length << 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(((i / lower.length) << 16) | lower[i % lower.length]);
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void encode_anyNumber_isTheRuntimesCast(Float8 format) {
        float[] values = patterns();

        float[] expected = cast(format, values);

        float[] actual = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            actual[i] = format.decode(format.encode(values[i]));
        }
        assertThat(actual).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void decode_anyPattern_isTheRuntimesCast(Float8 format) {
        byte[] codes = new byte[256];
        for (int code = 0; code < codes.length; code++) {
            codes[code] = (byte) code;
        }
        ConstantTensor held =
                new ConstantTensor("q", format.type(), List.of(256L), ByteBuffer.wrap(codes), List.of(), "");
        Network network = Imports.irVersion(
                Sketch.opset(19)
                        .node("Cast q -> y", Map.of("to", Sketch.of(1L)))
                        .output("y", 256)
                        .network()
                        .withInitializers(Map.of("q", held)),
                Float8.IR_VERSION);
        float[] expected;
        try (Session session = Reference.open(network)) {
            expected = Objects.requireNonNull(session.run(Map.of()).get("y")).toFloats();
        }

        float[] numbers = new float[codes.length];
        for (int code = 0; code < codes.length; code++) {
            numbers[code] = format.decode(codes[code]);
            if (Math.abs(numbers[code]) <= format.largest()) {
                assertThat(format.encode(numbers[code])).isEqualTo(codes[code]);
            }
        }
        assertThat(numbers).isEqualTo(expected);
    }
}
