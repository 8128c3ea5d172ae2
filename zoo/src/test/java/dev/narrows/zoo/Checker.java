package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.onnx.ModelProto;
import org.bytedeco.onnx.global.onnx;

/** The ONNX project's own checker, with its shape inference. */
final class Checker {

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

    /** Throws if it refuses the network. */
    static void check(Network network) {
        ByteBuffer bytes = OnnxWriter.write(network);
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        try (BytePointer pointer = new BytePointer(copy);
                ModelProto model = new ModelProto()) {
            assertThat(onnx.ParseProtoFromBytes(model, pointer, copy.length)).isTrue();
            onnx.check_model(model);
            onnx.InferShapes(model);
        }
    }
}
