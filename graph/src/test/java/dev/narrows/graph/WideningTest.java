package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class WideningTest {

    private static Network half() {
        ByteBuffer data = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort((short) 0x3c00).putShort((short) 0xc500).flip();
        ConstantTensor weight = new ConstantTensor("w", ElementType.FLOAT16, List.of(2L), data, List.of(), "");
        ValueInfo x = ValueInfo.of("x", TensorType.of(ElementType.FLOAT16, List.of(Dim.of(2))));
        ValueInfo y = ValueInfo.of("y", TensorType.of(ElementType.FLOAT16, List.of(Dim.of(2))));
        return new Network(
                "half",
                8,
                List.of(new OpsetImport("", 17)),
                List.of(x),
                List.of(y),
                List.of(
                        Node.of("", "Add", List.of("x", "w"), List.of("a"), Map.of()),
                        Node.of("", "Cast", List.of("a"), List.of("y"), Map.of("to", new Attribute.IntValue(10)))),
                Map.of("w", weight),
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
    }

    @Test
    void toFloat32_halfNetwork_hasNoHalfLeft() {
        Network wide = Widening.toFloat32(half());
        assertThat(Widening.isHalf(half())).isTrue();
        assertThat(Widening.isHalf(wide)).isFalse();
        assertThat(wide.nodes().get(1).intAttribute("to", 0)).isEqualTo(ElementType.FLOAT.number());
        ByteBuffer data = Objects.requireNonNull(wide.constants().get("w")).data();
        assertThat(List.of(data.getFloat(), data.getFloat())).containsExactly(1f, -5f);
    }

    @Test
    void toFloat32_subgraph_isRefused() {
        Subgraph body = new Subgraph("then", List.of(), List.of(), List.of(), List.of(), List.of(), Encoded.NONE);
        Network network = new NetworkSketch()
                .input("x", 1, 4)
                .node("If x -> y", new Attribute.GraphValue(body))
                .output("y")
                .network();
        assertThatThrownBy(() -> Widening.toFloat32(network)).isInstanceOf(UnsupportedException.class);
    }

    @Test
    void toFloat_everyHalf_isItsValue() {
        for (int bits = 0; bits < 0x10000; bits++) {
            int exponent = bits >> 10 & 0x1f;
            int fraction = bits & 0x3ff;
            double magnitude = exponent == 0
                    ? fraction * 0x1p-24
                    : exponent == 0x1f
                            ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                            : Math.scalb(1 + fraction / 1024.0, exponent - 15);
            float expected = (float) ((bits & 0x8000) == 0 ? magnitude : -magnitude);
            float actual = Widening.toFloat((short) bits);
            assertThat(Float.compare(actual, expected) == 0 || (Float.isNaN(actual) && Float.isNaN(expected)))
                    .as("%04x", bits)
                    .isTrue();
        }
    }
}
