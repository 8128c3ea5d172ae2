package dev.narrows.shrink;

import dev.narrows.data.Dataset;
import dev.narrows.data.Labels;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what a result depends on, in the order in which it is told. */
public final class Fingerprint {

    private static final int ITEMS = 64; // of a data set that are read

    private final MessageDigest digest;

    public Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    public Fingerprint add(String text) {
        digest.update(StandardCharsets.UTF_8.encode(text));
        digest.update((byte) 0); // "a", "b" is not "ab"
        return this;
    }

    /** The file that a network is written to. */
    public Fingerprint add(Network network) {
        digest.update(OnnxWriter.write(network));
        return this;
    }

    /** How many items, all labels, and the values of some items spread over all. */
    public Fingerprint add(Dataset data) {
        add("items " + data.size());
        for (Labels labels : data.labels()) {
            add(labels.task() + labels.classes());
            ByteBuffer classes = ByteBuffer.allocate(Integer.BYTES * labels.of().length);
            classes.asIntBuffer().put(labels.of());
            digest.update(classes);
        }
        int read = Math.min(ITEMS, data.size());
        for (int i = 0; i < read; i++) {
            float[] values = data.values((int) ((long) i * data.size() / read));
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
            bytes.asFloatBuffer().put(values);
            digest.update(bytes);
        }
        return this;
    }

    /** 64 hexadecimal digits of what was added so far; the fingerprint is spent. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
