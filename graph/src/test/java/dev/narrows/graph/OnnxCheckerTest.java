package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.onnx.ModelProto;
import org.bytedeco.onnx.global.onnx;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The ONNX project's own checker accepts what is written. Needs its native library: skipped where there is none. */
class OnnxCheckerTest {

    static List<Path> models() {
        return Models.all();
    }

    @BeforeAll
    static void loadChecker() {
        try {
            Loader.load(onnx.class);
        } catch (UnsatisfiedLinkError e) {
            assumeTrue(false, "the ONNX checker has no library for this platform: " + e.getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void write_networkOfOthers_passesTheChecker(Path file) {
        check(OnnxWriter.write(OnnxReader.read(file)));
    }

    @Test
    void write_smallModel_passesTheChecker() {
        check(OnnxWriter.write(Protos.read(Protos.model())));
        ai.onnx.proto.OnnxMl.ModelProto.Builder old = Protos.model().setIrVersion(3);
        old.getGraphBuilder().clearName().addInput(Protos.value("w", 4));
        check(OnnxWriter.write(Protos.read(old)));
    }

    /** The checker is awake: what is wrong does not pass. */
    @Test
    void check_unnamedGraph_fails() {
        ai.onnx.proto.OnnxMl.ModelProto.Builder model = Protos.model();
        model.getGraphBuilder().clearName();

        assertThatThrownBy(() -> check(ByteBuffer.wrap(model.build().toByteArray())))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("name");
    }

    private static void check(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        try (BytePointer pointer = new BytePointer(copy);
                ModelProto model = new ModelProto()) {
            assertThat(onnx.ParseProtoFromBytes(model, pointer, copy.length)).isTrue();
            onnx.check_model(model);
        }
    }
}
