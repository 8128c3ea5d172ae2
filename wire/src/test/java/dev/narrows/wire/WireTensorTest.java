package dev.narrows.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WireTensorTest {

    @ParameterizedTest
    @EnumSource(DType.class)
    void toTensor_ofTensor_isBitIdentical(DType dtype) {
        Tensor tensor = Tensor.of(new float[] {0, 1, 0, 1, 1, 0}, 2, 3).to(dtype);
        WireTensor wire = WireTensor.of("t", tensor);

        assertThat(wire.datatype()).isEqualTo(Datatype.of(dtype));
        assertThat(wire.toTensor(new TensorSpec("any", dtype, List.of(-1L, 3L))).sameBits(tensor))
                .isTrue();
        assertThat(wire.checked()).isSameAs(wire);
    }

    @Test
    void of_floats_isLittleEndian() {
        assertThat(WireTensor.of("t", Tensor.of(new float[] {1, 2}, 2)))
                .isEqualTo(Tensors.floats("t", List.of(2L), 1, 2));
    }

    @Test
    void toTensor_anotherTypeShapeOrSize_isInvalid() {
        WireTensor wire = Tensors.floats("t", List.of(1L, 2L), 1, 2);

        assertThatThrownBy(() -> wire.toTensor(new TensorSpec("t", DType.INT32, List.of(1L, 2L))))
                .isInstanceOf(InvalidException.class)
                .hasMessage("datatype: FP32 (expected: INT32), tensor \"t\"");
        assertThatThrownBy(() -> wire.toTensor(new TensorSpec("t", DType.FLOAT32, List.of(-1L, 3L))))
                .isInstanceOf(InvalidException.class)
                .hasMessage("shape: [1, 2] (expected: [-1, 3]), tensor \"t\"");
        assertThatThrownBy(() -> Tensors.floats("t", List.of(3L), 1, 2)
                        .toTensor(new TensorSpec("t", DType.FLOAT32, List.of(3L))))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> Tensors.of("t", "BOOL", List.of(1L), (byte) 2)
                        .toTensor(new TensorSpec("t", DType.BOOL, List.of(1L))))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void elements_moreThanALong_isInvalid() {
        assertThatThrownBy(() ->
                        Tensors.of("t", "INT8", List.of(1L << 40, 1L << 40)).checked())
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void checked_unknownDatatype_isUnsupported() {
        assertThatThrownBy(() -> Tensors.of("t", "FP8", List.of(0L)).checked())
                .isInstanceOf(UnsupportedException.class);
    }

    @Test
    void strings_framesThatDoNotAddUp_areMalformed() {
        assertThat(Tensors.of("t", "BYTES", List.of(1L), (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 9)
                        .strings())
                .hasSize(1);
        assertThatThrownBy(() -> Tensors.of("t", "BYTES", List.of(1L), (byte) 1, (byte) 0)
                        .checked())
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Tensors.of("t", "BYTES", List.of(1L), (byte) 2, (byte) 0, (byte) 0, (byte) 0, (byte) 9)
                        .checked())
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Tensors.of("t", "BYTES", List.of(2L), (byte) 0, (byte) 0, (byte) 0, (byte) 0)
                        .checked())
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("strings: 1 (expected: 2");
    }

    @Test
    void message_tensorNameTwice_isInvalid() {
        WireTensor tensor = Tensors.floats("t", List.of(1L), 1);

        assertThatThrownBy(() -> new InferRequest("m", "", "", Parameters.NONE, List.of(tensor, tensor), List.of()))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> new InferResponse("m", "", "", Parameters.NONE, List.of(tensor, tensor)))
                .isInstanceOf(InvalidException.class);
    }
}
