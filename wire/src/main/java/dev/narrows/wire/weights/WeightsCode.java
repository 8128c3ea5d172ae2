package dev.narrows.wire.weights;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A tensor's code, which tells its layout: the shortest of several kinds. Lossless, bit by bit, whatever the elements'
 * type. docs/compressed.md gives every byte.
 */
public final class WeightsCode {

    /** How a tensor is coded. */
    public enum Kind {
        /** As it is. */
        STORED(0),
        /** By deflate (RFC 1951). */
        DEFLATED(1),
        /** Byte by byte, each in the context of the one above it. */
        PLANES(2),
        /** Few different values: which of them. */
        PALETTE(3),
        /** Many zeros: which elements are others, and those byte by byte. */
        SPARSE(4);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        /** The number in a code. */
        int number() {
            return number;
        }

        static Optional<Kind> of(int number) {
            return Arrays.stream(values()).filter(kind -> kind.number == number).findFirst();
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** More elements lie in no byte of a code: {@link BinaryCoder#LEAST} allows for 22,700, deflate for 1,032 bytes. */
    private static final int MOST_IN_A_BYTE = 1 << 15;

    private WeightsCode() {}

    /**
     * Codes a tensor.
     *
     * @param data its elements, little-endian, in row-major order
     * @throws InvalidException if they are not as many bytes as the layout says
     */
    public static byte[] encode(WeightLayout layout, ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        if (bytes.length != layout.bytes()) {
            throw new InvalidException(
                    "data: " + bytes.length + " bytes (expected: " + layout.bytes() + " for " + layout + ")");
        }
        data.duplicate().get(bytes);
        return new WeightsEncoder(layout, bytes).shortest();
    }

    /** How many different elements a tensor has, of one or more; empty if they are more than {@value Palette#MOST}. */
    public static OptionalInt values(WeightLayout layout, ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        return Palette.of(new Elements(bytes, layout.width()))
                .map(palette -> OptionalInt.of(palette.size()))
                .orElse(OptionalInt.empty());
    }

    /** How a code that {@link #encode} made is coded. */
    public static Kind kind(byte[] code) {
        return Kind.of(code[0])
                .orElseThrow(() -> new InvalidException("kind: " + code[0] + " (expected: that of a code)"));
    }

    /**
     * Decodes a tensor. Work and memory depend on its length and on its code's alone.
     *
     * @param from where in the file its code begins, inclusive
     * @param to where it ends, exclusive
     * @param length bytes that it must have
     * @return its elements, little-endian, in row-major order
     * @throws MalformedException if the bytes are no code of such a tensor; it names the byte of the file
     */
    public static byte[] decode(byte[] file, int from, int to, int length) {
        CodeReader in = new CodeReader(file, from, to);
        int number = in.oneByte("kind");
        Kind kind = Kind.of(number)
                .orElseThrow(() -> new MalformedException(
                        "kind: " + number + " (expected: 0 to " + (Kind.values().length - 1) + "), byte " + from));
        WeightLayout layout = layout(in, length);
        if (layout.elements() > (long) MOST_IN_A_BYTE * (to - from)) {
            throw new MalformedException("code: " + (to - from) + " bytes (expected: more for " + layout.elements()
                    + " elements), byte " + from);
        }
        return switch (kind) {
            case STORED -> in.rest(length);
            case DEFLATED -> Deflate.inflated(file, in.at(), to, length);
            case PLANES -> {
                int noise = noise(in, layout);
                yield in.decoded(coder -> PlanesCode.decode(coder, layout, noise));
            }
            case PALETTE -> {
                int size = in.oneByte("values") + 1;
                yield in.decoded(coder -> PaletteCode.decode(coder, layout, size));
            }
            case SPARSE -> {
                int noise = noise(in, layout);
                yield in.decoded(coder -> SparseCode.decode(coder, layout, noise));
            }
        };
    }

    private static WeightLayout layout(CodeReader in, int length) {
        int at = in.at();
        int width = in.oneByte("bytes of an element");
        int rows = in.integer("rows");
        int columns = in.integer("columns");
        int places = in.integer("places");
        try {
            WeightLayout layout = new WeightLayout(width, rows, columns, places);
            if (layout.bytes() == length) {
                return layout;
            }
        } catch (InvalidException e) {
            throw new MalformedException(e.getMessage() + ", byte " + at, e);
        }
        throw new MalformedException("weights: " + rows + " × " + columns + " × " + places + " elements of " + width
                + " bytes (expected: " + length + " bytes in all), byte " + at);
    }

    private static int noise(CodeReader in, WeightLayout layout) {
        int at = in.at();
        int noise = in.oneByte("bytes of noise");
        if (noise > layout.width()) {
            throw new MalformedException(
                    "bytes of noise: " + noise + " (expected: 0 to " + layout.width() + "), byte " + at);
        }
        return noise;
    }
}
