package dev.narrows.benchmarks;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the fields of an ONNX file's graph lie in its bytes. A file is mostly weights; this finds the rest, so that it
 * can be broken on purpose. It knows protobuf's wire format and which fields of ONNX hold messages.
 */
final class WireFields {

    /** Field numbers that hold messages, by message: ModelProto, GraphProto, NodeProto, TensorProto and so on. */
    private static final Map<String, Map<Integer, String>> MESSAGES = Map.of(
            "model", Map.of(7, "graph", 8, "leaf", 14, "leaf", 25, "function"),
            "graph", Map.of(1, "node", 5, "tensor", 11, "value", 12, "value", 13, "value"),
            "function", Map.of(7, "node", 9, "leaf"),
            "node", Map.of(5, "attribute"),
            "attribute", Map.of(5, "tensor", 6, "graph"),
            "value", Map.of(2, "type"),
            "type", Map.of(1, "tensorType"),
            "tensorType", Map.of(2, "shape"),
            "shape", Map.of(1, "leaf"));

    private record Field(int start, int content, int end, int parent) {}

    private static final IdentityHashMap<byte[], WireFields> SEEN = new IdentityHashMap<>();

    private final byte[] file;
    private final List<Field> fields = new ArrayList<>();

    private WireFields(byte[] file) {
        this.file = file;
        walk(0, file.length, "model", -1);
    }

    /** The fields of a file that is whole; found once for each array. */
    static synchronized WireFields of(byte[] file) {
        return SEEN.computeIfAbsent(file, WireFields::new);
    }

    int size() {
        return fields.size();
    }

    /** Where a field's tag lies. */
    int position(int field) {
        return fields.get(field).start();
    }

    /** The byte after a field. */
    int end(int field) {
        return fields.get(field).end();
    }

    /** The file without a field, with the lengths of all messages around it made right. */
    byte[] without(int field) {
        Field lost = fields.get(field);
        byte[] content = cut(lost.parent(), lost.start(), lost.end(), new byte[0]);
        Field part = lost;
        while (part.parent() >= 0) {
            part = fields.get(part.parent());
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            whole.write(file[part.start()]);
            // The numbers above 15 take two bytes with their wire type.
            if (file[part.start()] < 0) {
                whole.write(file[part.start() + 1]);
            }
            writeVarint(whole, content.length);
            whole.writeBytes(content);
            content = cut(part.parent(), part.start(), part.end(), whole.toByteArray());
        }
        return content;
    }

    /** The content of a message (of the file for -1) with the bytes from start to end replaced. */
    private byte[] cut(int message, int start, int end, byte[] replacement) {
        int from = message < 0 ? 0 : fields.get(message).content();
        int to = message < 0 ? file.length : fields.get(message).end();
        ByteArrayOutputStream out = new ByteArrayOutputStream(to - from);
        out.write(file, from, start - from);
        out.writeBytes(replacement);
        out.write(file, end, to - end);
        return out.toByteArray();
    }

    private void walk(int from, int to, String message, int parent) {
        int at = from;
        while (at < to) {
            int start = at;
            long tag = varint(at);
            at = afterVarint(at);
            int content = at;
            switch ((int) (tag & 7)) {
                case 0 -> at = afterVarint(at);
                case 1 -> at += 8;
                case 5 -> at += 4;
                default -> {
                    content = afterVarint(at);
                    at = content + (int) varint(at);
                }
            }
            fields.add(new Field(start, content, at, parent));
            String inner = MESSAGES.getOrDefault(message, Map.of()).get((int) (tag >>> 3));
            if (inner != null) {
                walk(content, at, inner, fields.size() - 1);
            }
        }
    }

    private long varint(int at) {
        long value = 0;
        for (int i = at, shift = 0; ; i++, shift += 7) {
            value |= (long) (file[i] & 0x7f) << shift;
            if (file[i] >= 0) {
                return value;
            }
        }
    }

    private int afterVarint(int at) {
        int end = at;
        while (file[end] < 0) {
            end++;
        }
        return end + 1;
    }

    private static void writeVarint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 127) {
            out.write((rest & 127) | 128);
            rest >>>= 7;
        }
        out.write(rest);
    }
}
