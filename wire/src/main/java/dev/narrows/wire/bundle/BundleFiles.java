package dev.narrows.wire.bundle;

import dev.narrows.wire.codec.CutCodec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The parts of a bundle that is to be written.
 *
 * @param manifest what it holds
 * @param segments the ONNX bytes of each segment, in order
 * @param weights the shared weights' bytes; empty if there are none
 * @param codecs for each cut's name its codecs (the quantising and other stored ones; raw and fp16 need no entry)
 * @param labels the classes' names; empty if there are none
 */
public record BundleFiles(
        Manifest manifest,
        List<ByteBuffer> segments,
        ByteBuffer weights,
        Map<String, List<CutCodec>> codecs,
        List<String> labels) {

    /**
     * Writes the bundle: a zip file if {@code target} ends in {@code .narrows} or {@code .zip}, else a directory. The
     * same parts give the same bytes and the same hash. Written beside the target and moved into place, so that no half
     * a bundle is ever there.
     *
     * @return the content hash
     */
    public String write(Path target) {
        throw new UnsupportedOperationException();
    }
}
