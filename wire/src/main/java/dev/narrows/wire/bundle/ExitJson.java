package dev.narrows.wire.bundle;

import com.google.gson.stream.JsonWriter;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.StrictJson;
import dev.narrows.wire.bundle.Manifest.Exit;
import dev.narrows.wire.bundle.Manifest.HeldOut;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An exit as JSON: every key given, but for {@code held_out}, which is there if something was measured. */
final class ExitJson {

    private static final List<String> KEYS = List.of(
            "cut", "file", "temperature", "gate", "parameters", "macs", "items", "coverage", "agreement", "held_out");
    private static final List<String> HELD_OUT =
            List.of("items", "coverage", "accuracy", "calibration_error_before", "calibration_error_after");
    private static final List<String> GATE = List.of("kind", "threshold");
    private static final List<String> LEARNED = List.of("kind", "weights", "bias", "threshold");

    private ExitJson() {}

    static void write(JsonWriter out, Exit exit) throws IOException {
        out.beginObject();
        out.name("cut").value(exit.cut());
        out.name("file").value(exit.file());
        out.name("temperature").value(exit.temperature());
        out.name("gate").beginObject();
        out.name("kind").value(exit.gate().kind());
        if (exit.gate() instanceof Gate.Learned learned) {
            out.name("weights").beginArray();
            for (double weight : learned.weights()) {
                out.value(weight);
            }
            out.endArray();
            out.name("bias").value(learned.bias());
        }
        out.name("threshold").value(exit.gate().threshold());
        out.endObject();
        out.name("parameters").value(exit.parameters());
        out.name("macs").value(exit.macs());
        out.name("items").value(exit.items());
        out.name("coverage").value(exit.coverage());
        out.name("agreement").value(exit.agreement());
        if (exit.heldOut().isPresent()) {
            HeldOut heldOut = exit.heldOut().get();
            out.name("held_out").beginObject();
            out.name("items").value(heldOut.items());
            out.name("coverage").value(heldOut.coverage());
            out.name("accuracy").value(heldOut.accuracy());
            out.name("calibration_error_before").value(heldOut.calibrationErrorBefore());
            out.name("calibration_error_after").value(heldOut.calibrationErrorAfter());
            out.endObject();
        }
        out.endObject();
    }

    static Exit read(StrictJson in) {
        Fields fields = new Fields(in, KEYS);
        List<Gate> gate = new ArrayList<>();
        List<HeldOut> heldOut = new ArrayList<>();
        in.object(key -> {
            switch (key) {
                case "cut", "file" -> fields.text(key);
                case "parameters", "macs" -> fields.integer(key, Long.MAX_VALUE);
                case "items" -> fields.integer(key, Integer.MAX_VALUE);
                case "temperature", "coverage", "agreement" -> fields.real(key);
                case "gate" -> gate.add(gate(in));
                case "held_out" -> heldOut.add(heldOut(in));
                default -> throw fields.unknown(key);
            }
        });
        if (gate.isEmpty()) {
            throw in.wrong("\"gate\"", "an exit without");
        }
        return new Exit(
                fields.textOf("cut"),
                fields.textOf("file"),
                fields.realOf("temperature"),
                gate.get(0),
                fields.integerOf("parameters"),
                fields.integerOf("macs"),
                (int) fields.integerOf("items"),
                fields.realOf("coverage"),
                fields.realOf("agreement"),
                heldOut.isEmpty() ? Optional.empty() : Optional.of(heldOut.get(0)));
    }

    private static Gate gate(StrictJson in) {
        Fields fields = new Fields(in, LEARNED);
        List<Double> weights = new ArrayList<>();
        boolean[] weighted = new boolean[1];
        in.object(key -> {
            switch (key) {
                case "kind" -> fields.text(key);
                case "bias", "threshold" -> fields.real(key);
                case "weights" -> {
                    weighted[0] = true;
                    in.array(() -> weights.add(in.real()));
                }
                default -> throw fields.unknown(key);
            }
        });
        String kind = fields.textOf("kind");
        boolean learned = kind.equals("learned");
        Gate gate = Gate.of(kind, weights, learned ? fields.realOf("bias") : 0, fields.realOf("threshold"));
        if (!learned && (weighted[0] || fields.has("bias"))) {
            throw in.wrong("the keys " + GATE + " and no other", "gate \"" + kind + "\"");
        }
        return gate;
    }

    private static HeldOut heldOut(StrictJson in) {
        Fields fields = new Fields(in, HELD_OUT);
        in.object(key -> {
            if (key.equals("items")) {
                fields.integer(key, Integer.MAX_VALUE);
            } else if (HELD_OUT.contains(key)) {
                fields.real(key);
            } else {
                throw fields.unknown(key);
            }
        });
        return new HeldOut(
                (int) fields.integerOf("items"),
                fields.realOf("coverage"),
                fields.realOf("accuracy"),
                fields.realOf("calibration_error_before"),
                fields.realOf("calibration_error_after"));
    }

    /** The values of an object as far as they were read. */
    private static final class Fields {
        private final StrictJson in;
        private final List<String> known;
        private final Map<String, String> texts = new HashMap<>();
        private final Map<String, Long> integers = new HashMap<>();
        private final Map<String, Double> reals = new HashMap<>();

        Fields(StrictJson in, List<String> known) {
            this.in = in;
            this.known = known;
        }

        void text(String key) {
            texts.put(key, in.text());
        }

        void integer(String key, long most) {
            integers.put(key, in.integer(0, most));
        }

        void real(String key) {
            reals.put(key, in.real());
        }

        boolean has(String key) {
            return reals.containsKey(key);
        }

        String textOf(String key) {
            return of(texts, key);
        }

        long integerOf(String key) {
            return of(integers, key);
        }

        double realOf(String key) {
            return of(reals, key);
        }

        InvalidException unknown(String key) {
            return in.unknown(key, "one of " + String.join(", ", known));
        }

        private <T> T of(Map<String, T> values, String key) {
            T value = values.get(key);
            if (value == null) {
                throw in.wrong("\"" + key + "\"", "an object without");
            }
            return value;
        }
    }
}
