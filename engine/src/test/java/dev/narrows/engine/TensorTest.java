package dev.narrows.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TensorTest {

    @Test
    void of_arrayChangedLater_keepsItsValues() {
        float[] values = {1, 2};
        long[] shape = {2};
        Tensor tensor = Tensor.of(values, shape);
        values[0] = 9;
        shape[0] = 9;

        assertThat(tensor.toFloats()).containsExactly(1, 2);
        assertThat(tensor.shape()).containsExactly(2);
    }

    @Test
    void of_everyArrayType_keepsValues() {
        assertThat(Tensor.of(new double[] {1e300}, 1).toString()).isEqualTo("FLOAT64[1]");
        assertThat(Tensor.of(new long[] {Long.MIN_VALUE}, 1).toLongs()).containsExactly(Long.MIN_VALUE);
        assertThat(Tensor.of(new int[] {-7}, 1).toLongs()).containsExactly(-7);
        assertThat(Tensor.of(new short[] {-7}, 1).toFloats()).containsExactly(-7);
    }

    @Test
    void of_scalar_hasRankZero() {
        Tensor scalar = Tensor.of(new float[] {4});

        assertThat(scalar.rank()).isZero();
        assertThat(scalar.elements()).isEqualTo(1);
    }

    @Test
    void of_directBuffer_isTakenOverFromItsPosition() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder());
        bytes.putInt(0, 1).putInt(4, 2).putInt(8, 3);
        bytes.position(4);
        Tensor tensor = Tensor.of(DType.INT32, bytes, 2);

        assertThat(tensor.toLongs()).containsExactly(2, 3);
        assertThat(bytes.position()).isEqualTo(4);
        bytes.putInt(8, 5); // against the contract: shows that nothing was copied
        assertThat(tensor.toLongs()).containsExactly(2, 5);
    }

    @Test
    void of_heapBufferOfAnotherOrder_isReadInNativeOrder() {
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.BIG_ENDIAN);
        bytes.order(ByteOrder.nativeOrder()).putInt(0, 77);
        bytes.order(ByteOrder.BIG_ENDIAN);

        assertThat(Tensor.of(DType.INT32, bytes.asReadOnlyBuffer(), 1).toLongs())
                .containsExactly(77);
        assertThat(bytes.position()).isZero();
    }

    @Test
    void of_wrongNumberOfElements_isRefused() {
        assertThatThrownBy(() -> Tensor.of(new float[] {1, 2, 3}, 2, 2))
                .isInstanceOf(InvalidException.class)
                .hasMessage("elements: 12 bytes (expected: 16), tensor FLOAT32[2, 2]");
        assertThatThrownBy(() -> Tensor.of(DType.INT64, ByteBuffer.allocate(12), 1))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void of_shapesThatNoMemoryHolds_areRefused() {
        assertThatThrownBy(() -> Tensor.zeros(DType.INT8, 1L << 40, 1L << 40))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("size: over 2^31 - 1 bytes");
        assertThatThrownBy(() -> Tensor.zeros(DType.INT8, -1)).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> Tensor.zeros(DType.INT8, 0, 1L << 40, 1L << 40, -3))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> Tensor.zeros(DType.INT8, -1, -1)).isInstanceOf(InvalidException.class);
    }

    @Test
    void of_boolOfOtherBits_isRefused() {
        assertThatThrownBy(() -> Tensor.of(DType.BOOL, ByteBuffer.wrap(new byte[] {0, 1, 2}), 3))
                .isInstanceOf(InvalidException.class)
                .hasMessage("bool: 2 (expected: 0 or 1), element 2 of tensor BOOL[3]");
    }

    @Test
    void bytes_view_isReadOnlyNativeAndFresh() {
        Tensor tensor = Tensor.of(new int[] {5, 6}, 2);
        assertThat(tensor.bytes().getInt()).isEqualTo(5);
        assertThat(tensor.bytes().getInt()).isEqualTo(5);
        assertThatThrownBy(() -> tensor.bytes().put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void toFloats_uint8AndBool_areUnsigned() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {(byte) 0xff, 1});
        assertThat(Tensor.of(DType.UINT8, bytes, 2).toFloats()).containsExactly(255, 1);
        assertThat(Tensor.of(DType.INT8, bytes, 2).toFloats()).containsExactly(-1, 1);
        assertThat(Tensor.of(DType.UINT8, bytes, 2).toLongs()).containsExactly(255, 1);
    }

    @Test
    void toLongs_floats_truncatesAndSaturates() {
        Tensor tensor = Tensor.of(new double[] {2.9, -2.9, Double.NaN, 1e30, Double.NEGATIVE_INFINITY}, 5);

        assertThat(tensor.toLongs()).containsExactly(2, -2, 0, Long.MAX_VALUE, Long.MIN_VALUE);
    }

    @Test
    void reshape_otherAxes_sharesElements() {
        Tensor tensor = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).reshape(3, 2);

        assertThat(tensor.shape()).containsExactly(3, 2);
        assertThat(tensor.toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThatThrownBy(() -> tensor.reshape(4)).isInstanceOf(InvalidException.class);
    }

    @Test
    void slice_outsideTheItems_isRefused() {
        Tensor tensor = Tensor.zeros(DType.INT16, 3, 2);

        assertThat(tensor.slice(1, 1).elements()).isZero();
        assertThat(tensor.slice(1, 3).shape()).containsExactly(2, 2);
        assertThatThrownBy(() -> tensor.slice(2, 4))
                .isInstanceOf(InvalidException.class)
                .hasMessage("items: 2 to 4 (expected: within axis 0), tensor INT16[3, 2]");
        assertThatThrownBy(() -> tensor.slice(-1, 2)).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> tensor.slice(2, 1)).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> Tensor.zeros(DType.INT8).slice(0, 0)).isInstanceOf(InvalidException.class);
    }

    @Property(tries = 100, seed = "1")
    void concat_ofSlices_isTheWhole(@ForAll @Size(min = 2, max = 30) short[] values) {
        int items = values.length / 2;
        Tensor whole = Tensor.of(java.util.Arrays.copyOf(values, items * 2), items, 2);
        int at = Math.floorMod(values[0], items + 1);

        assertThat(Tensor.concat(List.of(whole.slice(0, at), whole.slice(at, items)))
                        .sameBits(whole))
                .isTrue();
    }

    @Test
    void concat_itemsThatDiffer_isRefused() {
        Tensor pair = Tensor.zeros(DType.INT8, 1, 2);
        assertThatThrownBy(() -> Tensor.concat(List.of(pair, Tensor.zeros(DType.INT8, 1, 3))))
                .isInstanceOf(InvalidException.class)
                .hasMessage("tensor to join: INT8[1, 3] (expected: items of INT8[1, 2])");
        assertThatThrownBy(() -> Tensor.concat(List.of(pair, Tensor.zeros(DType.UINT8, 1, 2))))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> Tensor.concat(List.of(Tensor.zeros(DType.INT8))))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> Tensor.concat(List.of())).isInstanceOf(InvalidException.class);
    }

    @Test
    void to_integers_roundsToEvenAndSaturates() {
        Tensor values = Tensor.of(
                new float[] {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 126.5f, 127.5f, -128.5f, -129, 300, Float.NaN, 1e30f}, 12);

        assertThat(values.to(DType.INT8).toLongs()).containsExactly(0, 2, 2, 0, -2, 126, 127, -128, -128, 127, 0, 127);
        assertThat(values.to(DType.UINT8).toLongs()).containsExactly(0, 2, 2, 0, 0, 126, 128, 0, 0, 255, 0, 255);
        assertThat(values.to(DType.INT64).toLongs()[11]).isEqualTo((long) 1e30f);
        assertThat(values.to(DType.BOOL).toLongs()).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        assertThat(Tensor.of(new float[] {0f, -0f}, 2).to(DType.BOOL).toLongs()).containsExactly(0, 0);
    }

    @Test
    void to_narrowerIntegers_saturates() {
        Tensor values = Tensor.of(new long[] {Long.MIN_VALUE, -1, 255, 40_000, Long.MAX_VALUE}, 5);

        assertThat(values.to(DType.INT8).toLongs()).containsExactly(-128, -1, 127, 127, 127);
        assertThat(values.to(DType.UINT8).toLongs()).containsExactly(0, 0, 255, 255, 255);
        assertThat(values.to(DType.INT16).toLongs()).containsExactly(-32768, -1, 255, 32767, 32767);
        assertThat(values.to(DType.INT32).toLongs())
                .containsExactly(Integer.MIN_VALUE, -1, 255, 40_000, Integer.MAX_VALUE);
    }

    @Test
    void to_sameType_isTheSameTensor() {
        Tensor tensor = Tensor.zeros(DType.FLOAT16, 3);
        assertThat(tensor.to(DType.FLOAT16)).isSameAs(tensor);
    }

    @Test
    void maxAbsDifference_specialValues_areDefined() {
        Tensor a = Tensor.of(new float[] {1, Float.NaN, Float.POSITIVE_INFINITY}, 3);

        assertThat(a.maxAbsDifference(a)).isZero();
        assertThat(a.maxAbsDifference(Tensor.of(new float[] {1.5f, Float.NaN, Float.POSITIVE_INFINITY}, 3)))
                .isEqualTo(0.5);
        assertThat(a.maxAbsDifference(Tensor.of(new float[] {1, 0, Float.POSITIVE_INFINITY}, 3)))
                .isInfinite();
        assertThat(a.maxAbsDifference(Tensor.of(new float[] {1, Float.NaN, Float.NEGATIVE_INFINITY}, 3)))
                .isInfinite();
        assertThatThrownBy(() -> a.maxAbsDifference(Tensor.zeros(DType.FLOAT32, 1, 3)))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void argmax_equalsAndNan_isTheFirstLargestNumber() {
        assertThat(Tensor.of(new float[] {1, 3, 2, 3}, 2, 2).argmax()).isEqualTo(1);
        assertThat(Tensor.of(new float[] {Float.NaN, -3, -2, Float.NaN}, 4).argmax())
                .isEqualTo(2);
        assertThat(Tensor.of(new float[] {Float.NaN, Float.NaN}, 2).argmax()).isZero();
        assertThat(Tensor.of(new long[] {-7, -6}, 2).argmax()).isEqualTo(1);
        assertThatThrownBy(() -> Tensor.zeros(DType.FLOAT32, 0, 3).argmax()).isInstanceOf(InvalidException.class);
    }

    @Test
    void sameBits_zerosOfOtherSign_differ() {
        assertThat(Tensor.of(new float[] {0f}, 1).sameBits(Tensor.of(new float[] {-0f}, 1)))
                .isFalse();
        assertThat(Tensor.zeros(DType.INT8, 2).sameBits(Tensor.zeros(DType.UINT8, 2)))
                .isFalse();
        assertThat(Tensor.zeros(DType.INT8, 2).sameBits(Tensor.zeros(DType.INT8, 1, 2)))
                .isFalse();
    }

    @Test
    void dim_noSuchAxis_isRefused() {
        assertThatThrownBy(() -> Tensor.zeros(DType.INT8, 2).dim(1))
                .isInstanceOf(InvalidException.class)
                .hasMessage("axis: 1 (expected: 0 to 0), tensor INT8[2]");
    }
}
