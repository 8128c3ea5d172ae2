package dev.narrows.wire.codec;

import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.Datatype;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * What tells one quantised codec from another: a CRC-32 of everything that its codes' meaning depends on. The order of
 * the parts is in {@code docs/codecs.md}.
 */
final class Fingerprint {

    private Fingerprint() {}

    static int of(TensorSpec spec, Affine affine, SymbolModel model) {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        text(parts, spec.name());
        text(parts, Datatype.of(spec.dtype()));
        integer(parts, spec.shape().size());
        for (long axis : spec.shape()) {
            integer(parts, (int) axis);
            integer(parts, (int) (axis >>> 32));
        }
        integer(parts, model.bits());
        integer(parts, model.start());
        floats(parts, affine.low());
        floats(parts, affine.step());
        bytes(parts, model.groups());
        integer(parts, model.thresholds().length);
        for (int threshold : model.thresholds()) {
            integer(parts, threshold);
        }
        bytes(parts, model.cells());
        bytes(parts, tables(model));
        CRC32 crc = new CRC32();
        byte[] all = parts.toByteArray();
        crc.update(all, 0, all.length);
        return (int) crc.getValue();
    }

    /** The tables one after another, as a bundle stores them. */
    static byte[] tables(SymbolModel model) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (FrequencyTable table : model.tables()) {
            table.write(out);
        }
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream parts, String text) {
        bytes(parts, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(ByteArrayOutputStream parts, byte[] bytes) {
        integer(parts, bytes.length);
        parts.write(bytes, 0, bytes.length);
    }

    private static void floats(ByteArrayOutputStream parts, float[] values) {
        integer(parts, values.length);
        for (float value : values) {
            integer(parts, Float.floatToRawIntBits(value));
        }
    }

    private static void integer(ByteArrayOutputStream parts, int value) {
        for (int i = 0; i < 4; i++) {
            parts.write(value >>> (8 * i));
        }
    }
}
