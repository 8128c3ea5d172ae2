package dev.narrows.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;

/** How {@code --json} is written: one indented document for a result, one line for each of a stream of events. */
final class JsonOutput {

    private static final Gson DOCUMENT =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final Gson LINE = new GsonBuilder().disableHtmlEscaping().create();

    private JsonOutput() {}

    static String document(JsonElement json) {
        return DOCUMENT.toJson(json);
    }

    static String line(JsonElement json) {
        return LINE.toJson(json);
    }

    /** The number, or null where JSON has none (NaN, infinity). */
    static JsonElement number(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(value) : com.google.gson.JsonNull.INSTANCE;
    }

    static JsonArray strings(Iterable<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }

    static JsonArray numbers(Iterable<Long> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }
}
