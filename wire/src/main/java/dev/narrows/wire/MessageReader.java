package dev.narrows.wire;

import com.google.gson.JsonElement;
import com.google.gson.stream.JsonToken;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one inference message.
 *
 * <p>The JSON is gone through twice: first for everything but the tensors' {@code data}, whose datatype and shape may
 * stand behind it; then, if a tensor has its data in the JSON, for that alone, straight into bytes. So a body of many
 * small numbers never becomes a tree many times its size.
 */
final class MessageReader {

    /** Arrays and objects inside each other: three around {@code data}, the rest are its axes. */
    private static final int DEPTH = 32;
    /** Layout: they say where the data is and are no part of the message's meaning. */
    private static final String BINARY_SIZE = "binary_data_size";

    private static final String BINARY = "binary_data";
    private static final String BINARY_OUTPUTS = "binary_data_output";

    private final byte[] body;
    private final int jsonBytes;
    private final String what;

    private String id = "";
    private String model = "";
    private String version = "";
    private final TreeMap<String, Object> parameters = new TreeMap<>();
    private boolean binaryOutputs;
    private @Nullable List<Draft> tensors;
    private final List<String> wanted = new ArrayList<>();
    private final Map<String, Boolean> binaryByOutput = new HashMap<>();

    /** A tensor as far as it is known. */
    private static final class Draft {
        @Nullable
        String name;

        @Nullable
        String datatype;

        @Nullable
        List<Long> shape;

        final TreeMap<String, Object> parameters = new TreeMap<>();
        long binarySize = -1;
        boolean inJson;

        @Nullable
        ByteBuffer data;
    }

    private MessageReader(byte[] body, int jsonBytes, String what) {
        if (jsonBytes < -1 || jsonBytes > body.length) {
            throw new MalformedException(RestBody.JSON_LENGTH_HEADER + ": " + jsonBytes + " (expected: 0 to "
                    + body.length + ", the body's length)");
        }
        this.body = body;
        this.jsonBytes = jsonBytes == -1 ? body.length : jsonBytes;
        this.what = what;
    }

    static RestCodec.ReadRequest request(String model, String version, byte[] body, int jsonBytes) {
        MessageReader reader = new MessageReader(body, jsonBytes, "request");
        StrictJson in = reader.json();
        in.object(key -> {
            switch (key) {
                case "id" -> reader.id = optionalText(in);
                // KServe's client repeats what the path says.
                case "model_name" -> same(in, key, model);
                case "model_version" -> same(in, key, version);
                case "parameters" -> reader.requestParameters(in);
                case "inputs" -> reader.tensorList(in);
                case "outputs" -> reader.wantedOutputs(in);
                default -> throw in.unknown(key, "id, parameters, inputs or outputs");
            }
        });
        in.end();
        InferRequest request = new InferRequest(
                model, version, reader.id, new Parameters(reader.parameters), reader.finished("inputs"), reader.wanted);
        return new RestCodec.ReadRequest(request, reader.binaryOutputs, reader.binaryByOutput);
    }

    static InferResponse response(byte[] body, int jsonBytes) {
        MessageReader reader = new MessageReader(body, jsonBytes, "response");
        StrictJson in = reader.json();
        in.object(key -> {
            switch (key) {
                case "id" -> reader.id = optionalText(in);
                case "model_name" -> reader.model = in.text();
                case "model_version" -> reader.version = optionalText(in);
                case "parameters" -> parameters(in, reader.parameters);
                case "outputs" -> reader.tensorList(in);
                default -> throw in.unknown(key, "model_name, model_version, id, parameters or outputs");
            }
        });
        in.end();
        if (reader.model.isEmpty()) {
            throw in.wrong("\"model_name\"", "a response without");
        }
        return new InferResponse(
                reader.model, reader.version, reader.id, new Parameters(reader.parameters), reader.finished("outputs"));
    }

    private StrictJson json() {
        return StrictJson.of(ByteBuffer.wrap(body, 0, jsonBytes), DEPTH, what);
    }

    private static String optionalText(StrictJson in) {
        return in.absent() ? "" : in.text();
    }

    private static void same(StrictJson in, String key, String expected) {
        String text = optionalText(in);
        if (!text.isEmpty() && !text.equals(expected)) {
            throw in.wrong(key + " as in the path: \"" + expected + "\"", text);
        }
    }

    private void requestParameters(StrictJson in) {
        parameters(in, parameters);
        Object binary = parameters.remove(BINARY_OUTPUTS);
        if (binary != null) {
            binaryOutputs = flag(BINARY_OUTPUTS, binary);
        }
    }

    private static boolean flag(String name, Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw new InvalidException(
                "parameter \"" + name + "\": " + Shown.of(value.toString()) + " (expected: true or false)");
    }

    /**
     * Reads an object of parameters. Null counts as absent. MLServer's {@code headers} is an object: an object or array
     * is kept as the text of its JSON.
     */
    private static void parameters(StrictJson in, Map<String, Object> into) {
        if (in.absent()) {
            return;
        }
        in.object(key -> {
            JsonToken next = in.peek();
            if (in.absent()) {
                return;
            }
            if (next == JsonToken.STRING) {
                into.put(key, in.text());
            } else if (next == JsonToken.BOOLEAN) {
                into.put(key, in.bool());
            } else if (next == JsonToken.NUMBER) {
                into.put(key, in.anyNumber());
            } else {
                JsonElement tree = in.element();
                into.put(key, tree.toString());
            }
        });
    }

    private void tensorList(StrictJson in) {
        List<Draft> list = new ArrayList<>();
        in.array(() -> list.add(tensor(in, what + ", tensor " + list.size())));
        tensors = list;
    }

    private static Draft tensor(StrictJson in, String place) {
        Draft draft = new Draft();
        in.object(key -> {
            switch (key) {
                case "name" -> draft.name = in.text();
                case "datatype" -> draft.datatype = in.text();
                case "shape" -> {
                    List<Long> shape = new ArrayList<>();
                    in.array(() -> shape.add(in.integer(0, Long.MAX_VALUE)));
                    draft.shape = shape;
                }
                case "parameters" -> parameters(in, draft.parameters);
                case "data" -> {
                    draft.inJson = !in.absent();
                    if (draft.inJson) {
                        in.skip();
                    }
                }
                default -> throw in.unknown(key, "name, datatype, shape, parameters or data");
            }
        });
        if (draft.name == null || draft.datatype == null || draft.shape == null) {
            throw new InvalidException("keys: name, datatype or shape missing (expected: all three), " + place);
        }
        noSharedMemory(draft.parameters, draft.name);
        Object size = draft.parameters.remove(BINARY_SIZE);
        if (size != null) {
            if (!(size instanceof Long bytes) || bytes < 0) {
                throw new InvalidException(BINARY_SIZE + ": " + Shown.of(size.toString())
                        + " (expected: an integer, 0 or more), " + place);
            }
            draft.binarySize = bytes;
        }
        if (draft.inJson == draft.binarySize >= 0) {
            throw new InvalidException("data: " + (draft.inJson ? "in the JSON and" : "neither in the JSON nor")
                    + " in the binary part (expected: data or " + BINARY_SIZE + "), " + place);
        }
        return draft;
    }

    private void wantedOutputs(StrictJson in) {
        if (in.absent()) {
            return;
        }
        in.array(() -> {
            String[] name = new String[1];
            TreeMap<String, Object> options = new TreeMap<>();
            in.object(key -> {
                switch (key) {
                    case "name" -> name[0] = in.text();
                    case "parameters" -> parameters(in, options);
                    default -> throw in.unknown(key, "name or parameters");
                }
            });
            if (name[0] == null) {
                throw new InvalidException("name: missing (expected: one), output " + wanted.size() + " of " + what);
            }
            noSharedMemory(options, name[0]);
            Object classes = options.get("classification");
            if (classes != null && !classes.equals(0L)) {
                throw new UnsupportedException("classification: " + Shown.of(classes.toString())
                        + " (expected: none, the tensor itself is sent), output \"" + Shown.of(name[0]) + "\"");
            }
            Object binary = options.get(BINARY);
            if (binary != null) {
                binaryByOutput.put(name[0], flag(BINARY, binary));
            }
            wanted.add(name[0]);
        });
    }

    private static void noSharedMemory(Map<String, Object> parameters, String name) {
        if (parameters.containsKey("shared_memory_region")) {
            throw new UnsupportedException(
                    "shared_memory_region (expected: the data in the message), tensor \"" + Shown.of(name) + "\"");
        }
    }

    /** The tensors with their data, from the binary part in order or from a second pass over the JSON. */
    private List<WireTensor> finished(String listKey) {
        List<Draft> drafts = tensors;
        if (drafts == null) {
            throw new InvalidException("key: none (expected: \"" + listKey + "\"), " + what);
        }
        int at = jsonBytes;
        boolean anyInJson = false;
        for (Draft draft : drafts) {
            anyInJson |= draft.inJson;
            if (draft.binarySize >= 0) {
                if (draft.binarySize > body.length - at) {
                    throw new MalformedException(
                            BINARY_SIZE + ": " + draft.binarySize + " (expected: at most " + (body.length - at)
                                    + ", the bytes left), tensor \"" + Shown.of(draft.name + "") + "\", " + what);
                }
                draft.data = ByteBuffer.wrap(body, at, (int) draft.binarySize);
                at += (int) draft.binarySize;
            }
        }
        if (at != body.length) {
            throw new MalformedException("binary part: " + (body.length - jsonBytes) + " bytes (expected: "
                    + (at - jsonBytes) + " as the tensors say), " + what);
        }
        if (anyInJson) {
            readData(drafts, listKey);
        }
        List<WireTensor> finished = new ArrayList<>();
        for (Draft draft : drafts) {
            if (draft.name == null || draft.datatype == null || draft.shape == null || draft.data == null) {
                throw new IllegalStateException("a tensor left incomplete");
            }
            finished.add(new WireTensor(
                            draft.name, draft.datatype, draft.shape, new Parameters(draft.parameters), draft.data)
                    .checked());
        }
        return finished;
    }

    private void readData(List<Draft> drafts, String listKey) {
        StrictJson in = json();
        in.object(key -> {
            if (!key.equals(listKey)) {
                in.skip();
                return;
            }
            int[] index = new int[1];
            in.array(() -> {
                Draft draft = drafts.get(index[0]++);
                in.object(tensorKey -> {
                    if (tensorKey.equals("data")
                            && draft.inJson
                            && draft.name != null
                            && draft.datatype != null
                            && draft.shape != null) {
                        draft.data = JsonData.read(in, draft.name, draft.datatype, draft.shape);
                    } else {
                        in.skip();
                    }
                });
            });
        });
    }
}
