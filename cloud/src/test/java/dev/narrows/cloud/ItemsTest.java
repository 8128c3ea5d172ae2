package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ItemsTest {

    @Test
    void split_rawAndCodedTensors_givesEachItemItsBytes() {
        WireTensor raw = tensor("a", "UINT8", List.of(2L, 3L), 1, 2, 3, 4, 5, 6);
        WireTensor coded = tensor("b", "BYTES", List.of(2L), 1, 0, 0, 0, 9, 2, 0, 0, 0, 7, 8);

        List<List<WireTensor>> items = Items.split(List.of(raw, coded));

        assertThat(items)
                .containsExactly(
                        List.of(
                                tensor("a", "UINT8", List.of(1L, 3L), 1, 2, 3),
                                tensor("b", "BYTES", List.of(1L), 1, 0, 0, 0, 9)),
                        List.of(
                                tensor("a", "UINT8", List.of(1L, 3L), 4, 5, 6),
                                tensor("b", "BYTES", List.of(1L), 2, 0, 0, 0, 7, 8)));
    }

    @Test
    void split_lengthsThatDoNotAddUp_areRefused() {
        assertThatThrownBy(() -> Items.split(List.of(tensor("a", "UINT8", List.of(2L), 1, 2, 3))))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Items.split(List.of(tensor("a", "BYTES", List.of(1L), 5, 0, 0, 0, 1))))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Items.split(List.of(tensor("a", "BYTES", List.of(1L), 255, 255, 255, 255, 1))))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Items.split(List.of(tensor("a", "BYTES", List.of(2L), 0, 0, 0, 0, 1))))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Items.split(List.of(tensor("a", "BYTES", List.of(1L), 0, 0, 0, 0, 1))))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void count_tensorsThatDisagree_isInvalid() {
        WireTensor two = tensor("a", "UINT8", List.of(2L), 1, 2);
        WireTensor three = tensor("b", "UINT8", List.of(3L), 1, 2, 3);
        WireTensor scalar = tensor("c", "UINT8", List.of(), 1);

        assertThat(Items.count(List.of(two, two))).isEqualTo(2);
        assertThatThrownBy(() -> Items.count(List.of(two, three))).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> Items.count(List.of(scalar))).isInstanceOf(InvalidException.class);
    }

    private static WireTensor tensor(String name, String datatype, List<Long> shape, int... data) {
        byte[] bytes = new byte[data.length];
        for (int i = 0; i < data.length; i++) {
            bytes[i] = (byte) data[i];
        }
        return new WireTensor(name, datatype, shape, Parameters.NONE, ByteBuffer.wrap(bytes));
    }
}
