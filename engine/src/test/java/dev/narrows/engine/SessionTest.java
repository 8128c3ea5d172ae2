package dev.narrows.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionTest {

    private static final Map<String, Tensor> NO_WEIGHTS = Map.of();

    /** y = x + w, w = (10, 20) inside the model. */
    private static Models sum() {
        return new Models()
                .input("x", Models.FLOAT, -1, 2)
                .weight("w", new float[] {10, 20}, 2)
                .node("Add", List.of("x", "w"), List.of("y"))
                .output("y", Models.FLOAT, -1, 2);
    }

    private static Session open(ByteBuffer model) {
        return Session.open("head", model, NO_WEIGHTS, SessionOptions.DEFAULT);
    }

    private static Tensor y(Session session, Tensor x) {
        return Optional.ofNullable(session.run(Map.of("x", x)).get("y")).orElseThrow();
    }

    @Test
    void run_batchOfThree_givesThreeItems() {
        try (Session session = open(sum().build())) {
            Tensor y = y(session, Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));

            assertThat(y.shape()).containsExactly(3, 2);
            assertThat(y.toFloats()).containsExactly(11, 22, 13, 24, 15, 26);
        }
    }

    @Test
    void run_directModelBuffer_isReadFromItsPosition() {
        byte[] bytes = sum().build().array();
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 3);
        direct.position(3);
        direct.put(bytes);
        direct.position(3);
        try (Session session = open(direct)) {
            assertThat(y(session, Tensor.zeros(DType.FLOAT32, 1, 2)).toFloats()).containsExactly(10, 20);
        }
        assertThat(direct.position()).isEqualTo(3);
    }

    @Test
    void run_moreInputsThanNeeded_ignoresThem() {
        try (Session session = open(sum().build())) {
            Tensor x = Tensor.zeros(DType.FLOAT32, 1, 2);

            assertThat(session.run(Map.of("x", x, "other", x))).containsOnlyKeys("y");
        }
    }

    @Test
    void run_slicedTensor_readsTheSlice() {
        try (Session session = open(sum().build())) {
            Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2).slice(1, 2);

            assertThat(y(session, x).toFloats()).containsExactly(13, 24);
        }
    }

    @Test
    void run_noItems_givesNoItems() {
        try (Session session = open(sum().build())) {
            Tensor y = y(session, Tensor.zeros(DType.FLOAT32, 0, 2));

            assertThat(y.shape()).containsExactly(0, 2);
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void run_everyType_comesBackBitForBit(DType dtype) {
        int onnx = switch (dtype) {
            case FLOAT32 -> OnnxMl.TensorProto.DataType.FLOAT_VALUE;
            case FLOAT16 -> OnnxMl.TensorProto.DataType.FLOAT16_VALUE;
            case BFLOAT16 -> OnnxMl.TensorProto.DataType.BFLOAT16_VALUE;
            case FLOAT64 -> OnnxMl.TensorProto.DataType.DOUBLE_VALUE;
            case INT8 -> OnnxMl.TensorProto.DataType.INT8_VALUE;
            case UINT8 -> OnnxMl.TensorProto.DataType.UINT8_VALUE;
            case INT16 -> OnnxMl.TensorProto.DataType.INT16_VALUE;
            case INT32 -> OnnxMl.TensorProto.DataType.INT32_VALUE;
            case INT64 -> OnnxMl.TensorProto.DataType.INT64_VALUE;
            case BOOL -> OnnxMl.TensorProto.DataType.BOOL_VALUE;
        };
        ByteBuffer model = new Models()
                .input("x", onnx, -1, 3)
                .node("Identity", List.of("x"), List.of("y"))
                .output("y", onnx, -1, 3)
                .build();
        Tensor x = Tensor.of(new float[] {0, 1, 0.5f, 100, -3, 77.25f}, 2, 3).to(dtype);
        try (Session session = open(model)) {
            Tensor y = y(session, x);

            assertThat(session.inputs().get(0).dtype()).isEqualTo(dtype);
            assertThat(y.sameBits(x)).as("%s against %s", y, x).isTrue();
        }
    }

    @Test
    void run_inputMissing_saysWhichAndWhere() {
        try (Session session = open(sum().build())) {
            assertThatThrownBy(() -> session.run(Map.of("z", Tensor.zeros(DType.FLOAT32, 1, 2))))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("input: missing (expected: FLOAT32[-1, 2]), segment \"head\", tensor \"x\"");
        }
    }

    @Test
    void run_wrongShapeOrType_saysBoth() {
        try (Session session = open(sum().build())) {
            assertThatThrownBy(() -> session.run(Map.of("x", Tensor.zeros(DType.FLOAT32, 1, 3))))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("input: FLOAT32[1, 3] (expected: FLOAT32[-1, 2]), segment \"head\", tensor \"x\"");
            assertThatThrownBy(() -> session.run(Map.of("x", Tensor.zeros(DType.INT8, 1, 2))))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("input: INT8[1, 2] (expected: FLOAT32[-1, 2]), segment \"head\", tensor \"x\"");
        }
    }

    @Test
    void run_runtimeFails_isExecutionWithSegment() {
        ByteBuffer model = new Models()
                .input("x", Models.FLOAT, -1, -1)
                .input("i", Models.INT64, 1)
                .node("Gather", List.of("x", "i"), List.of("y"))
                .output("y", Models.FLOAT, 1, -1)
                .build();
        try (Session session = open(model)) {
            assertThatThrownBy(() -> session.run(
                            Map.of("x", Tensor.zeros(DType.FLOAT32, 2, 2), "i", Tensor.of(new long[] {7}, 1))))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("Gather")
                    .hasMessageEndingWith(", segment \"head\"")
                    .hasCauseInstanceOf(ai.onnxruntime.OrtException.class);
        }
    }

    @Test
    void open_externalWeight_isTakenFromTheGiven() {
        ByteBuffer model = new Models()
                .input("x", Models.FLOAT, -1, 2)
                .externalWeight("w", 2)
                .node("Add", List.of("x", "w"), List.of("y"))
                .output("y", Models.FLOAT, -1, 2)
                .build();
        Map<String, Tensor> shared =
                Map.of("w", Tensor.of(new float[] {5, 6}, 2), "unused", Tensor.zeros(DType.FLOAT32, 3));
        try (Session session = Session.open("head", model, shared, SessionOptions.DEFAULT)) {
            assertThat(session.inputs()).extracting(TensorSpec::name).containsExactly("x");
            assertThat(y(session, Tensor.zeros(DType.FLOAT32, 1, 2)).toFloats()).containsExactly(5, 6);
        }
    }

    @Test
    void open_externalWeightMissing_isRefusedBeforeAnyFileIsLookedFor() {
        ByteBuffer model = new Models()
                .input("x", Models.FLOAT, -1, 2)
                .externalWeight("w", 2)
                .node("Add", List.of("x", "w"), List.of("y"))
                .output("y", Models.FLOAT, -1, 2)
                .build();

        assertThatThrownBy(() -> open(model))
                .isInstanceOf(InvalidException.class)
                .hasMessage("weight: missing (expected: among the shared weights), segment \"head\", tensor \"w\"");
    }

    @Test
    void open_externalWeightOfAnotherShape_isRefused() {
        ByteBuffer model = new Models()
                .input("x", Models.FLOAT, -1, 2)
                .externalWeight("w", 2)
                .node("Add", List.of("x", "w"), List.of("y"))
                .output("y", Models.FLOAT, -1, 2)
                .build();

        assertThatThrownBy(() -> Session.open(
                        "head", model, Map.of("w", Tensor.zeros(DType.FLOAT32, 1)), SessionOptions.DEFAULT))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("segment \"head\"");
    }

    @Test
    void open_sharedWeightThatTheModelHoldsItself_keepsTheModels() {
        Map<String, Tensor> shared = Map.of("w", Tensor.of(new float[] {1, 1}, 2));
        try (Session session = Session.open("head", sum().build(), shared, SessionOptions.DEFAULT)) {
            assertThat(y(session, Tensor.zeros(DType.FLOAT32, 1, 2)).toFloats()).containsExactly(10, 20);
        }
    }

    @Test
    void open_noProtobuf_isMalformed() {
        assertThatThrownBy(() -> open(ByteBuffer.wrap(new byte[] {0x3f, 1, 2, 3})))
                .isInstanceOf(MalformedException.class)
                .hasMessageEndingWith("segment \"head\"");
    }

    @Test
    void open_noBytes_isRefused() {
        assertThatThrownBy(() -> open(ByteBuffer.allocate(0))).isInstanceOf(UnsupportedException.class);
        assertThatThrownBy(() -> open(ByteBuffer.allocateDirect(0))).isInstanceOf(UnsupportedException.class);
    }

    @Test
    void open_unknownOperator_isUnsupported() {
        ByteBuffer model = new Models()
                .input("x", Models.FLOAT, 1)
                .node("NoSuchOperator", List.of("x"), List.of("y"))
                .output("y", Models.FLOAT, 1)
                .build();

        assertThatThrownBy(() -> open(model))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("NoSuchOperator");
    }

    @Test
    void open_textInput_isUnsupported() {
        int string = OnnxMl.TensorProto.DataType.STRING_VALUE;
        ByteBuffer model = new Models()
                .input("x", string, 1)
                .node("Identity", List.of("x"), List.of("y"))
                .output("y", string, 1)
                .build();

        assertThatThrownBy(() -> open(model))
                .isInstanceOf(UnsupportedException.class)
                .hasMessage("element type: ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING (expected: one of DType), segment "
                        + "\"head\", input \"x\"");
    }

    @Test
    void close_twiceAndThenRun_isAClearError() {
        Session session = open(sum().build());
        session.close();
        session.close();

        assertThatThrownBy(() -> session.run(Map.of("x", Tensor.zeros(DType.FLOAT32, 1, 2))))
                .isInstanceOf(ExecutionException.class)
                .hasMessage("session: closed (expected: open), segment \"head\"");
    }

    @ParameterizedTest
    @EnumSource(SessionOptions.Optimization.class)
    void run_everyOptimization_givesTheSame(SessionOptions.Optimization level) {
        SessionOptions options = SessionOptions.DEFAULT
                .withOptimization(level)
                .withThreads(2)
                .withSpinning(level == SessionOptions.Optimization.BASIC);
        try (Session session = Session.open("head", sum().build(), NO_WEIGHTS, options)) {
            assertThat(y(session, Tensor.zeros(DType.FLOAT32, 1, 2)).toFloats()).containsExactly(10, 20);
        }
    }
}
