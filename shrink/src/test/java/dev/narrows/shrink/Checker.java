package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.onnx.ModelProto;
import org.bytedeco.onnx.global.onnx;

/** The ONNX project's own checker, with its shape inference: version 1.17, which knows IR 10 and opset 22. */
final class Checker {

    private static final long NEWEST_IR = 10;

    private Checker() {}

    /** Whether its native library is there for this platform. */
    static boolean isThere() {
        try {
            Loader.load(onnx.class);
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }

    /** Throws if it refuses the model. A newer one is checked by the rules of IR 10 and of its operators' opset 22. */
    static void check(OnnxMl.ModelProto written) {
        byte[] bytes = written.toBuilder()
                .setIrVersion(Math.min(NEWEST_IR, written.getIrVersion()))
                .build()
                .toByteArray();
        try (BytePointer pointer = new BytePointer(bytes);
                ModelProto model = new ModelProto()) {
            assertThat(onnx.ParseProtoFromBytes(model, pointer, bytes.length)).isTrue();
            onnx.check_model(model);
            onnx.InferShapes(model);
        }
    }
}
