package dev.narrows.graph;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Walks over a protobuf message before it is parsed and refuses what is broken, with the byte and the field at which it
 * broke: lengths beyond the end, nesting too deep, text that is no UTF-8, more parts than this process could hold. It
 * keeps nothing, so no bytes can make it, or the parser after it, run out of memory or stack.
 */
final class WireCheck {

    /** Messages in messages; protobuf's own limit, with which the parser would fail at the same depth. */
    static final int MAX_DEPTH = 100;

    /* Heap taken by what is parsed and then converted, at most: a message (a NodeProto and its Node), a text (its bytes,
     * its String and two list entries), a number of a list that is not packed, a byte of packed variable-length numbers
     * (2 bytes become a long, a Long and a list entry) and a byte of packed fixed-length ones. */
    private static final int HEAP_PER_MESSAGE = 384;
    private static final int HEAP_PER_TEXT = 96;
    private static final int HEAP_PER_NUMBER = 32;
    private static final int HEAP_PER_VARINT_BYTE = 16;
    private static final int HEAP_PER_FIXED_BYTE = 4;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer bytes;
    private final long maxHeap;
    private final Deque<String> path = new ArrayDeque<>();
    private long heap;
    private int position;

    private WireCheck(ByteBuffer bytes, long maxHeap) {
        this.bytes = bytes;
        this.maxHeap = maxHeap;
    }

    /** Checks a message of the given type that fills the buffer from its position to its limit. */
    static void check(ByteBuffer bytes, Descriptor type) {
        check(bytes, type, Runtime.getRuntime().maxMemory() / 2);
    }

    static void check(ByteBuffer bytes, Descriptor type, long maxHeap) {
        ByteBuffer slice = bytes.slice();
        new WireCheck(slice, maxHeap).message(slice.limit(), type);
    }

    private void message(int end, Descriptor type) {
        if (path.size() >= MAX_DEPTH) {
            throw new UnsupportedException(
                    "nesting: " + (path.size() + 1) + " levels (expected: at most " + MAX_DEPTH + ")" + place());
        }
        int[] counts = new int[type.getFields().size()];
        while (position < end) {
            int start = position;
            long tag = varint(end);
            int wireType = (int) (tag & 7);
            long number = tag >>> 3;
            if (number == 0 || number >= 1 << 29) {
                position = start;
                throw new MalformedException("field number: " + number + " (expected: 1 to 536870911)" + place());
            }
            FieldDescriptor field = type.findFieldByNumber((int) number);
            switch (wireType) {
                case VARINT -> varint(end);
                case FIXED64 -> skip(8, end);
                case FIXED32 -> skip(4, end);
                case LENGTH -> content(end, field, counts);
                default -> {
                    position = start;
                    throw new MalformedException("wire type: " + wireType + " (expected: 0, 1, 2 or 5)" + place());
                }
            }
            if (wireType != LENGTH && (field == null || field.isRepeated())) {
                take(HEAP_PER_NUMBER);
            }
        }
    }

    private void content(int messageEnd, @Nullable FieldDescriptor field, int[] counts) {
        if (field == null) {
            take(HEAP_PER_TEXT);
            int length = length(messageEnd);
            position += length;
            return;
        }
        path.addLast(field.isRepeated() ? field.getName() + "[" + counts[field.getIndex()]++ + "]" : field.getName());
        int length = length(messageEnd);
        int end = position + length;
        switch (field.getType()) {
            case MESSAGE -> {
                take(HEAP_PER_MESSAGE);
                message(end, field.getMessageType());
            }
            case STRING -> {
                take(HEAP_PER_TEXT + length);
                text(end);
            }
            case BYTES -> take(HEAP_PER_TEXT);
            case FLOAT, DOUBLE -> take((long) HEAP_PER_FIXED_BYTE * length);
            default -> take((long) HEAP_PER_VARINT_BYTE * length);
        }
        path.removeLast();
        position = end;
    }

    private void text(int end) {
        for (int i = position; i < end; i++) {
            if (bytes.get(i) < 0) {
                ByteBuffer text = bytes.duplicate();
                text.limit(end).position(position);
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(text);
                } catch (CharacterCodingException e) {
                    throw new MalformedException("text: not UTF-8" + place(), e);
                }
                return;
            }
        }
    }

    private void take(long bytesOfHeap) {
        heap += bytesOfHeap;
        if (heap > maxHeap) {
            throw new UnsupportedException("memory: more than " + maxHeap
                    + " bytes for the file's parts (expected: half of the heap at most)" + place());
        }
    }

    private int length(int end) {
        int start = position;
        long length = varint(end);
        if (length < 0 || length > end - position) {
            int left = end - position;
            position = start;
            throw new MalformedException(
                    "length: " + Long.toUnsignedString(length) + " (expected: at most " + left + ")" + place());
        }
        return (int) length;
    }

    private void skip(int length, int end) {
        if (length > end - position) {
            throw new MalformedException("bytes: " + (end - position) + " (expected: " + length + ")" + place());
        }
        position += length;
    }

    private long varint(int end) {
        int start = position;
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (position >= end) {
                position = start;
                throw new MalformedException("number: ends in the middle (expected: a last byte below 128)" + place());
            }
            byte next = bytes.get(position++);
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        position = start;
        throw new MalformedException("number: longer than 10 bytes (expected: a last byte below 128)" + place());
    }

    private String place() {
        StringBuilder place = new StringBuilder(", byte ").append(position);
        String separator = ", field ";
        for (Iterator<String> fields = path.iterator(); fields.hasNext(); separator = ".") {
            place.append(separator).append(fields.next());
        }
        return place.toString();
    }
}
