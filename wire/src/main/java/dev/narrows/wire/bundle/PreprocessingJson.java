package dev.narrows.wire.bundle;

import com.google.gson.stream.JsonWriter;
import dev.narrows.wire.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Pre-processing as JSON: an object whose {@code kind} says which, every key given. */
final class PreprocessingJson {

    private PreprocessingJson() {}

    static void write(JsonWriter out, Preprocessing preprocessing) throws IOException {
        out.beginObject();
        if (preprocessing instanceof Preprocessing.Image image) {
            out.name("kind").value("image");
            out.name("resize").value(image.resize());
            out.name("crop").value(image.crop());
            out.name("bgr").value(image.bgr());
            out.name("channels_last").value(image.channelsLast());
            out.name("scale").value(image.scale());
            reals(out.name("mean"), image.mean());
            reals(out.name("std"), image.std());
        } else if (preprocessing instanceof Preprocessing.Audio audio) {
            out.name("kind").value("audio");
            out.name("rate").value(audio.rate());
            out.name("seconds").value(audio.seconds());
            out.name("channels").value(audio.channels());
        } else {
            out.name("kind").value("raw");
        }
        out.endObject();
    }

    static Preprocessing read(StrictJson in) {
        Map<String, Number> numbers = new HashMap<>();
        Map<String, Boolean> flags = new HashMap<>();
        Map<String, List<Double>> lists = new HashMap<>();
        String[] kind = {""};
        in.object(key -> {
            switch (key) {
                case "kind" -> kind[0] = in.text();
                case "resize", "crop", "rate", "channels" -> numbers.put(key, (int) in.integer(0, Integer.MAX_VALUE));
                case "scale", "seconds" -> numbers.put(key, in.real());
                case "bgr", "channels_last" -> flags.put(key, in.bool());
                case "mean", "std" -> {
                    List<Double> reals = new ArrayList<>();
                    in.array(() -> reals.add(in.real()));
                    lists.put(key, reals);
                }
                default -> throw in.unknown(key, "a key of image, audio or raw");
            }
        });
        List<String> expected = switch (kind[0]) {
            case "image" -> List.of("resize", "crop", "bgr", "channels_last", "scale", "mean", "std");
            case "audio" -> List.of("rate", "seconds", "channels");
            case "raw" -> List.of();
            default -> throw in.wrong("image, audio or raw", "kind \"" + kind[0] + "\"");
        };
        int there = 0;
        for (String key : expected) {
            there += numbers.containsKey(key) || flags.containsKey(key) || lists.containsKey(key) ? 1 : 0;
        }
        if (there != expected.size() || numbers.size() + flags.size() + lists.size() != there) {
            throw in.wrong("the keys " + expected + " and no other", kind[0] + " pre-processing");
        }
        return switch (kind[0]) {
            case "image" ->
                new Preprocessing.Image(
                        number(numbers, "resize").intValue(),
                        number(numbers, "crop").intValue(),
                        flags.getOrDefault("bgr", false),
                        flags.getOrDefault("channels_last", false),
                        number(numbers, "scale").doubleValue(),
                        lists.getOrDefault("mean", List.of()),
                        lists.getOrDefault("std", List.of()));
            case "audio" ->
                new Preprocessing.Audio(
                        number(numbers, "rate").intValue(),
                        number(numbers, "seconds").doubleValue(),
                        number(numbers, "channels").intValue());
            default -> new Preprocessing.Raw();
        };
    }

    private static Number number(Map<String, Number> numbers, String key) {
        return numbers.getOrDefault(key, 0);
    }

    private static void reals(JsonWriter out, List<Double> reals) throws IOException {
        out.beginArray();
        for (double real : reals) {
            out.value(real);
        }
        out.endArray();
    }
}
