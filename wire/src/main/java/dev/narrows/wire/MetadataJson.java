package dev.narrows.wire;

import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What servers say of themselves and their models, and their errors, as JSON. */
final class MetadataJson {

    private static final int DEPTH = 16;

    private MetadataJson() {}

    static byte[] write(ServerMetadata metadata) {
        return Utf8.encode(MessageWriter.json(out -> {
            out.beginObject();
            out.name("name").value(metadata.name());
            out.name("version").value(metadata.version());
            texts(out.name("extensions"), metadata.extensions());
            out.endObject();
        }));
    }

    static ServerMetadata readServer(byte[] body) {
        StrictJson in = StrictJson.of(ByteBuffer.wrap(body), DEPTH, "server metadata");
        String[] texts = {"", ""};
        List<String> extensions = new ArrayList<>();
        in.object(key -> {
            switch (key) {
                case "name" -> texts[0] = in.text();
                case "version" -> texts[1] = in.text();
                case "extensions" -> in.array(() -> extensions.add(in.text()));
                default -> throw in.unknown(key, "name, version or extensions");
            }
        });
        in.end();
        return new ServerMetadata(texts[0], texts[1], extensions);
    }

    static byte[] write(ModelMetadata metadata) {
        return Utf8.encode(MessageWriter.json(out -> {
            out.beginObject();
            out.name("name").value(metadata.name());
            texts(out.name("versions"), metadata.versions());
            out.name("platform").value(metadata.platform());
            specs(out.name("inputs"), metadata.inputs());
            specs(out.name("outputs"), metadata.outputs());
            if (!metadata.properties().isEmpty()) {
                out.name("properties").beginObject();
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata.properties()).entrySet()) {
                    out.name(entry.getKey()).value(entry.getValue());
                }
                out.endObject();
            }
            out.endObject();
        }));
    }

    static ModelMetadata readModel(byte[] body) {
        StrictJson in = StrictJson.of(ByteBuffer.wrap(body), DEPTH, "model metadata");
        String[] texts = {"", ""};
        List<String> versions = new ArrayList<>();
        List<TensorSpec> inputs = new ArrayList<>();
        List<TensorSpec> outputs = new ArrayList<>();
        TreeMap<String, String> properties = new TreeMap<>();
        in.object(key -> {
            switch (key) {
                case "name" -> texts[0] = in.text();
                case "platform" -> texts[1] = in.text();
                case "versions" -> optionalArray(in, () -> versions.add(in.text()));
                case "inputs" -> optionalArray(in, () -> inputs.add(spec(in)));
                case "outputs" -> optionalArray(in, () -> outputs.add(spec(in)));
                case "properties" -> in.object(name -> properties.put(name, in.text()));
                case "parameters" -> in.element(); // MLServer's own settings; nothing here needs them
                default -> throw in.unknown(key, "name, versions, platform, inputs, outputs or properties");
            }
        });
        in.end();
        return new ModelMetadata(texts[0], versions, texts[1], inputs, outputs, properties);
    }

    static byte[] writeError(String message) {
        return Utf8.encode(MessageWriter.json(out ->
                out.beginObject().name("error").value(wellFormed(message)).endObject()));
    }

    static String readError(byte[] body) {
        try {
            StrictJson in = StrictJson.of(ByteBuffer.wrap(body), DEPTH, "error");
            String[] message = new String[1];
            if (in.peek() == JsonToken.BEGIN_OBJECT) {
                in.object(key -> {
                    if (key.equals("error") && in.peek() == JsonToken.STRING) {
                        message[0] = in.text();
                    } else {
                        in.element();
                    }
                });
                in.end();
            }
            if (message[0] != null) {
                return message[0];
            }
        } catch (MalformedException | dev.narrows.errors.InvalidException e) {
            // Not this protocol's error body but, say, a proxy's page: its text is the best message there is.
            return text(body);
        }
        return text(body);
    }

    private static String text(byte[] body) {
        return new String(body, java.nio.charset.StandardCharsets.UTF_8);
    }

    /** An error's text may quote anything; half surrogate pairs in it must not make the error fail. */
    private static String wellFormed(String text) {
        return new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void texts(JsonWriter out, List<String> texts) throws IOException {
        out.beginArray();
        for (String text : texts) {
            out.value(text);
        }
        out.endArray();
    }

    private static void optionalArray(StrictJson in, Runnable element) {
        if (!in.absent()) {
            in.array(element);
        }
    }

    private static void specs(JsonWriter out, List<TensorSpec> specs) throws IOException {
        out.beginArray();
        for (TensorSpec spec : specs) {
            out.beginObject();
            out.name("name").value(spec.name());
            out.name("datatype").value(Datatype.of(spec.dtype()));
            out.name("shape").beginArray();
            for (long axis : spec.shape()) {
                out.value(axis);
            }
            out.endArray();
            out.endObject();
        }
        out.endArray();
    }

    private static TensorSpec spec(StrictJson in) {
        String[] texts = {"", ""};
        List<Long> shape = new ArrayList<>();
        in.object(key -> {
            switch (key) {
                case "name" -> texts[0] = in.text();
                case "datatype" -> texts[1] = in.text();
                case "shape" -> in.array(() -> shape.add(in.integer(-1, Long.MAX_VALUE)));
                case "parameters" -> in.element(); // MLServer's
                default -> throw in.unknown(key, "name, datatype or shape");
            }
        });
        return new TensorSpec(texts[0], Datatype.parse(texts[1]), shape);
    }
}
