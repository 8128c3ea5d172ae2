package dev.narrows.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Our conversions against the runtime's own Cast. */
class CastAgainstRuntimeTest {

    private static final int HALF = OnnxMl.TensorProto.DataType.FLOAT16_VALUE;
    private static final int BFLOAT = OnnxMl.TensorProto.DataType.BFLOAT16_VALUE;

    private static Tensor cast(Tensor x, int from, int to) {
        ByteBuffer model = new Models()
                .input("x", from, -1)
                .node("Cast", List.of("x"), List.of("y"), Models.intAttribute("to", to))
                .output("y", to, -1)
                .build();
        try (Session session = Session.open("cast", model, Map.of(), SessionOptions.DEFAULT)) {
            return Optional.ofNullable(session.run(Map.of("x", x)).get("y")).orElseThrow();
        }
    }

    private static Tensor everyPattern(DType dtype) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(2 * 0x10000).order(ByteOrder.nativeOrder());
        for (int pattern = 0; pattern < 0x10000; pattern++) {
            bytes.putShort(2 * pattern, (short) pattern);
        }
        return Tensor.of(dtype, bytes, 0x10000);
    }

    /** A million float32 patterns; NaN only as NaN, because its payload is anybody's. */
    private static Tensor floats() {
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[1 << 20];
        for (int i = 0; i < values.length; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            // Half of them within half precision's range, where there is something to round.
            values[i] = i % 2 == 0 || Float.isNaN(value) ? (float) (random.nextDouble() - 0.5) * 3e-4f * i : value;
        }
        return Tensor.of(values, values.length);
    }

    @Test
    void toFloat32_everyHalfAndBfloat_isTheRuntimes() {
        Tensor halves = everyPattern(DType.FLOAT16);
        Tensor bfloats = everyPattern(DType.BFLOAT16);

        assertThat(halves.to(DType.FLOAT32).maxAbsDifference(cast(halves, HALF, Models.FLOAT)))
                .isZero();
        assertThat(bfloats.to(DType.FLOAT32).maxAbsDifference(cast(bfloats, BFLOAT, Models.FLOAT)))
                .isZero();
    }

    @Test
    void toNarrow_aMillionFloats_isTheRuntimes() {
        Tensor floats = floats();

        assertThat(floats.to(DType.FLOAT16).sameBits(cast(floats, Models.FLOAT, HALF)))
                .isTrue();
        assertThat(floats.to(DType.BFLOAT16).sameBits(cast(floats, Models.FLOAT, BFLOAT)))
                .isTrue();
    }
}
