package dev.narrows.wire;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Text as UTF-8 and back without a silent replacement character: every text has one encoding, and the reverse. */
public final class Utf8 {

    private Utf8() {}

    /**
     * @throws InvalidException if {@code text} holds half a surrogate pair
     */
    public static byte[] encode(String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new InvalidException("text: \"" + Shown.of(text) + "\" (expected: no half surrogate pair)", e);
        }
    }

    /**
     * @param what the text is, for the error
     * @throws MalformedException if the bytes are no UTF-8
     */
    public static String decode(ByteBuffer bytes, String what) {
        ByteBuffer from = bytes.duplicate();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(from)
                    .toString();
        } catch (CharacterCodingException e) {
            // A decoder that reports leaves the position at the bytes it refused.
            throw new MalformedException(
                    "byte " + (from.position() - bytes.position()) + " (expected: UTF-8), " + what, e);
        }
    }
}
