package dev.narrows.wire.bundle;

import dev.narrows.engine.Chain;
import dev.narrows.engine.SessionOptions;
import dev.narrows.wire.codec.CutCodec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A bundle read from a directory or a single zip file. Every file's size and SHA-256 is checked against the manifest
 * before its bytes are used; names that leave the bundle, files that the manifest does not list and sizes beyond the
 * limits are refused.
 */
public final class Bundle {

    private Bundle() {}

    /**
     * @throws dev.narrows.errors.MalformedException if it is no bundle, is damaged or incomplete
     * @throws dev.narrows.errors.UnsupportedException if its format is of another version
     */
    public static Bundle read(Path directoryOrFile) {
        throw new UnsupportedOperationException();
    }

    public Manifest manifest() {
        throw new UnsupportedOperationException();
    }

    /** SHA-256 of the manifest, which names every other file by its SHA-256: 64 hexadecimal digits. */
    public String hash() {
        throw new UnsupportedOperationException();
    }

    /** The classes' names by index; empty if the bundle has none. */
    public List<String> labels() {
        throw new UnsupportedOperationException();
    }

    /**
     * The codec called {@code codec} of the cut called {@code cut}; {@code raw} and {@code fp16} always exist.
     *
     * @throws dev.narrows.errors.IncompatibleException if the bundle has no such cut or codec
     */
    public CutCodec codec(String cut, String codec) {
        throw new UnsupportedOperationException();
    }

    /** The ONNX bytes of a segment. */
    public ByteBuffer segment(int index) {
        throw new UnsupportedOperationException();
    }

    /** All segments loaded; the caller closes the chain. */
    public Chain open(SessionOptions options) {
        throw new UnsupportedOperationException();
    }
}
