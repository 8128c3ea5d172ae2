package dev.narrows.wire;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * JSON (RFC 8259) read front to back by a reader that knows what must come next. Bytes that are no JSON — no UTF-8,
 * a key twice, too deep, something after the end — are a {@link MalformedException}; JSON that says something else
 * than expected is an {@link InvalidException}; both name the place.
 */
public final class StrictJson {

    private final JsonReader reader;
    private final String what;

    private StrictJson(String text, int maxDepth, String what) {
        this.reader = new JsonReader(new StringReader(text));
        this.reader.setStrictness(Strictness.STRICT);
        this.reader.setNestingLimit(maxDepth);
        this.what = what;
    }

    /**
     * A reader at the start of a document.
     *
     * @param maxDepth how many arrays and objects may be inside each other
     * @param what the document is, for errors: {@code "request"}
     */
    public static StrictJson of(ByteBuffer utf8, int maxDepth, String what) {
        return new StrictJson(Utf8.decode(utf8, what), maxDepth, what);
    }

    /** A whole document that is one object, as a tree. */
    public static JsonObject tree(ByteBuffer utf8, int maxDepth, String what) {
        StrictJson json = of(utf8, maxDepth, what);
        JsonToken first = json.peek();
        if (first != JsonToken.BEGIN_OBJECT) {
            throw json.wrong("an object", first.toString());
        }
        JsonObject tree = json.element().getAsJsonObject();
        json.end();
        return tree;
    }

    /** What comes next. */
    public JsonToken peek() {
        return call(reader::peek);
    }

    /** Reads an object; {@code field} is called with each key and reads its value. */
    public void object(Consumer<String> field) {
        expect(JsonToken.BEGIN_OBJECT, "an object");
        run(reader::beginObject);
        Set<String> seen = new HashSet<>();
        while (call(reader::hasNext)) {
            String key = whole(call(reader::nextName));
            if (!seen.add(key)) {
                throw new MalformedException("key: \"" + Shown.of(key) + "\" twice (expected: once), " + place());
            }
            field.accept(key);
        }
        run(reader::endObject);
    }

    /** Reads an array; {@code element} is called for each element and reads it. */
    public void array(Runnable element) {
        expect(JsonToken.BEGIN_ARRAY, "an array");
        run(reader::beginArray);
        while (call(reader::hasNext)) {
            element.run();
        }
        run(reader::endArray);
    }

    /** Whether null comes next; if so it is read. Clients write it for an optional value that is absent. */
    public boolean absent() {
        if (peek() != JsonToken.NULL) {
            return false;
        }
        run(reader::nextNull);
        return true;
    }

    public String text() {
        expect(JsonToken.STRING, "a string");
        return whole(call(reader::nextString));
    }

    public boolean bool() {
        expect(JsonToken.BOOLEAN, "true or false");
        return call(reader::nextBoolean);
    }

    /** A number as it is written. */
    public String number() {
        expect(JsonToken.NUMBER, "a number");
        return call(reader::nextString);
    }

    /** A number written without point or exponent, between {@code least} and {@code most}. */
    public long integer(long least, long most) {
        return parseLong(number(), least, most);
    }

    /** A number as the nearest double. */
    public double real() {
        return parseDouble(number());
    }

    private long parseLong(String text, long least, long most) {
        long value;
        try {
            value = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new InvalidException(wrongText("an integer of 64 bits", text), e);
        }
        if (value < least || value > most) {
            throw wrong("an integer from " + least + " to " + most, text);
        }
        return value;
    }

    private double parseDouble(String text) {
        double value = Double.parseDouble(text);
        if (Double.isInfinite(value)) {
            throw wrong("a number of double precision", text);
        }
        return value;
    }

    /** Whatever comes next, as a tree. */
    public JsonElement element() {
        JsonToken next = peek();
        if (next == JsonToken.BEGIN_OBJECT) {
            JsonObject object = new JsonObject();
            object(key -> object.add(key, element()));
            return object;
        }
        if (next == JsonToken.BEGIN_ARRAY) {
            JsonArray array = new JsonArray();
            array(() -> array.add(element()));
            return array;
        }
        if (next == JsonToken.STRING) {
            return new JsonPrimitive(text());
        }
        if (next == JsonToken.BOOLEAN) {
            return new JsonPrimitive(bool());
        }
        if (absent()) {
            return JsonNull.INSTANCE;
        }
        return new JsonPrimitive(anyNumber());
    }

    /** The next number: a Long if it is an integer of 64 bits written without point or exponent, else a Double. */
    public Number anyNumber() {
        String text = number();
        boolean integer = !text.equals("-0");
        for (int at = 0; at < text.length(); at++) {
            integer &= text.charAt(at) == '-' || Character.isDigit(text.charAt(at));
        }
        if (integer) { // no conditional operator: it would make a double of the long
            return parseLong(text, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        return parseDouble(text);
    }

    /** Passes over whatever comes next. Its keys are not checked for being there twice. */
    public void skip() {
        run(reader::skipValue);
    }

    /** Checks that nothing follows. */
    public void end() {
        JsonToken next = peek();
        if (next != JsonToken.END_DOCUMENT) {
            throw new MalformedException(next + " (expected: the end), " + place());
        }
    }

    /** The error for a key that does not belong here. */
    public InvalidException unknown(String key, String expected) {
        return new InvalidException("key: \"" + Shown.of(key) + "\" (expected: " + expected + "), " + place());
    }

    /** The error for a value that does not belong here. */
    public InvalidException wrong(String expected, String value) {
        return new InvalidException(wrongText(expected, value));
    }

    /** Where the reader is: the document and the path in it. */
    public String place() {
        return what + " at " + Shown.of(reader.getPath());
    }

    private String wrongText(String expected, String value) {
        return Shown.of(value) + " (expected: " + expected + "), " + place();
    }

    private void expect(JsonToken token, String expected) {
        JsonToken next = peek();
        if (next != token) {
            throw wrong(expected, next.toString());
        }
    }

    /** Escapes can write half a surrogate pair, which has no UTF-8: two such texts could not be told apart. */
    private String whole(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (Character.isSurrogate(text.charAt(at))) {
                if (!Character.isHighSurrogate(text.charAt(at))
                        || at + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(at + 1))) {
                    throw new MalformedException("half a surrogate pair (expected: both), " + place());
                }
                at++;
            }
        }
        return text;
    }

    private interface Step<T> {
        T take() throws IOException;
    }

    private interface Move {
        void make() throws IOException;
    }

    /** The reader's own words, without its path, which {@link #place} gives, and its link to a manual. */
    private MalformedException noJson(IOException error) {
        String text = String.valueOf(error.getMessage());
        int line = text.indexOf('\n');
        int path = text.indexOf(" path $");
        int end = path >= 0 ? path : line >= 0 ? line : text.length();
        return new MalformedException(
                "JSON: " + Shown.of(text.substring(0, end)) + " (expected: RFC 8259), " + place(), error);
    }

    private <T> T call(Step<T> step) {
        try {
            return step.take();
        } catch (IOException e) {
            throw noJson(e);
        }
    }

    private void run(Move move) {
        try {
            move.make();
        } catch (IOException e) {
            throw noJson(e);
        }
    }
}
