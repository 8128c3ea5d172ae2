package dev.narrows.wire;

import com.google.gson.stream.JsonWriter;
import dev.narrows.errors.InvalidException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Writes the body of one inference message: as short as the protocol allows, for it may cross a narrow link. */
final class MessageWriter {

    private MessageWriter() {}

    static RestBody request(InferRequest request) {
        String json = json(out -> {
            out.beginObject();
            optional(out, "id", request.id());
            out.name("parameters").beginObject();
            parameters(out, request.parameters());
            out.name("binary_data_output").value(true);
            out.endObject();
            out.name("inputs");
            tensors(out, request.inputs(), name -> true);
            if (!request.outputs().isEmpty()) {
                out.name("outputs").beginArray();
                for (String output : request.outputs()) {
                    out.beginObject().name("name").value(output).endObject();
                }
                out.endArray();
            }
            out.endObject();
        });
        return body(json, request.inputs(), name -> true);
    }

    static RestBody response(InferResponse response, Predicate<String> binary) {
        String json = json(out -> {
            out.beginObject();
            out.name("model_name").value(response.model());
            optional(out, "model_version", response.version());
            optional(out, "id", response.id());
            if (!response.parameters().isEmpty()) {
                out.name("parameters").beginObject();
                parameters(out, response.parameters());
                out.endObject();
            }
            out.name("outputs");
            tensors(out, response.outputs(), binary);
            out.endObject();
        });
        return body(json, response.outputs(), binary);
    }

    interface Content {
        void write(JsonWriter out) throws IOException;
    }

    /** The JSON that {@code content} writes, without a space. */
    static String json(Content content) {
        StringWriter text = new StringWriter();
        try (JsonWriter out = new JsonWriter(text)) {
            content.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter failed", e);
        }
        return text.toString();
    }

    private static void optional(JsonWriter out, String key, String value) throws IOException {
        if (!value.isEmpty()) {
            out.name(key).value(value);
        }
    }

    private static void parameters(JsonWriter out, Parameters parameters) throws IOException {
        for (Map.Entry<String, Object> entry : parameters.values().entrySet()) {
            out.name(entry.getKey());
            Object value = entry.getValue();
            if (value instanceof String text) {
                out.value(text);
            } else if (value instanceof Boolean flag) {
                out.value(flag);
            } else if (value instanceof Long number) {
                out.value(number);
            } else if (value instanceof Double number && !number.isNaN() && !number.isInfinite()) {
                out.value(number); // has a point or an exponent, so it is read as a Double again
            } else {
                throw new InvalidException(
                        "parameter \"" + entry.getKey() + "\": " + value + " (expected: a finite number)");
            }
        }
    }

    private static void tensors(JsonWriter out, List<WireTensor> tensors, Predicate<String> binary) throws IOException {
        out.beginArray();
        for (WireTensor tensor : tensors) {
            boolean inBinary = binary.test(tensor.name());
            out.beginObject();
            out.name("name").value(tensor.name());
            out.name("datatype").value(tensor.datatype());
            out.name("shape").beginArray();
            for (long axis : tensor.shape()) {
                out.value(axis);
            }
            out.endArray();
            if (inBinary || !tensor.parameters().isEmpty()) {
                out.name("parameters").beginObject();
                parameters(out, tensor.parameters());
                if (inBinary) {
                    out.name("binary_data_size").value(tensor.data().remaining());
                }
                out.endObject();
            }
            if (!inBinary) {
                out.name("data");
                JsonData.write(out, tensor);
            }
            out.endObject();
        }
        out.endArray();
    }

    private static RestBody body(String json, List<WireTensor> tensors, Predicate<String> binary) {
        byte[] head = Utf8.encode(json);
        long size = head.length;
        for (WireTensor tensor : tensors) {
            size += binary.test(tensor.name()) ? tensor.data().remaining() : 0;
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new InvalidException("message: " + size + " bytes (expected: less than 2^31)");
        }
        ByteBuffer body = ByteBuffer.allocate((int) size).put(head);
        for (WireTensor tensor : tensors) {
            if (binary.test(tensor.name())) {
                body.put(tensor.data());
            }
        }
        return new RestBody(body.array(), head.length);
    }
}
