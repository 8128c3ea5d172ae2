package dev.narrows.wire.bundle;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 (FIPS 180-4) as 64 lowercase hexadecimal digits. */
final class Sha256 {

    private static final String DIGITS = "0123456789abcdef";

    private final MessageDigest digest;

    Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String of(ByteBuffer bytes) {
        Sha256 sha = new Sha256();
        sha.update(bytes.duplicate());
        return sha.digits();
    }

    void update(ByteBuffer bytes) {
        digest.update(bytes);
    }

    String digits() {
        StringBuilder digits = new StringBuilder(64);
        for (byte value : digest.digest()) {
            digits.append(DIGITS.charAt(value >> 4 & 15)).append(DIGITS.charAt(value & 15));
        }
        return digits.toString();
    }
}
