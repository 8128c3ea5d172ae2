package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.device.CodecTrust;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.bundle.Bundle;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Preprocessing;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** What a bundle holds, for people and for programs. */
final class BundleView {

    private BundleView() {}

    static void print(PrintWriter out, Bundle bundle) {
        Manifest manifest = bundle.manifest();
        out.println("bundle      " + manifest.name());
        out.println("hash        " + bundle.hash());
        for (TensorSpec input : manifest.cuts().get(0).tensors()) {
            out.println("input       " + input);
        }
        for (TensorSpec output : manifest.cuts().get(manifest.cuts().size() - 1).tensors()) {
            out.println("output      " + output);
        }
        out.println("batch       " + (manifest.fixedBatch() == 0 ? "any" : String.valueOf(manifest.fixedBatch())));
        out.println("items       " + describe(manifest.preprocessing()));
        out.println("labels      " + labels(bundle.labels()));
        manifest.record().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(entry -> out.println("record      " + entry.getKey() + ": " + entry.getValue()));
        out.println();
        Table segments = new Table("segment", "from", "to", ">parameters", ">MACs");
        for (int i = 0; i < manifest.segments().size(); i++) {
            Manifest.Segment segment = manifest.segments().get(i);
            segments.row(
                    segment.file(),
                    manifest.cuts().get(i).name(),
                    manifest.cuts().get(i + 1).name(),
                    Quantity.count(segment.parameters()),
                    Quantity.count(segment.macs()));
        }
        segments.print(out);
        out.println();
        Table cuts =
                new Table("cut", ">width", "codec", ">bytes/item", ">same answer", ">of items", "lossless", "auto");
        for (Manifest.Cut cut : manifest.cuts().subList(0, manifest.cuts().size() - 1)) {
            String name = cut.name();
            String width = Quantity.bytes(cut.widthBytes());
            for (Manifest.Codec codec : manifest.codecs().getOrDefault(name, List.of())) {
                cuts.row(
                        name,
                        width,
                        codec.name(),
                        Quantity.bytes(codec.meanBytes()),
                        Quantity.percent(codec.agreement()),
                        String.valueOf(codec.items()),
                        codec.lossless() ? "yes" : "no",
                        CodecTrust.trusts(codec) ? "yes" : "no");
            }
        }
        cuts.print(out);
        if (!manifest.exits().isEmpty()) {
            out.println();
            exits(manifest).print(out);
        }
    }

    private static Table exits(Manifest manifest) {
        Table table = new Table(
                "exit at",
                "gate",
                ">temperature",
                ">parameters",
                ">MACs",
                ">answers",
                ">same answer",
                ">of items",
                ">accuracy");
        for (Manifest.Exit exit : manifest.exits()) {
            table.row(
                    exit.cut(),
                    exit.gate().toString(),
                    String.valueOf(exit.temperature()),
                    Quantity.count(exit.parameters()),
                    Quantity.count(exit.macs()),
                    Quantity.percent(exit.coverage()),
                    exit.coverage() == 0 ? "-" : Quantity.percent(exit.agreement()),
                    String.valueOf(exit.items()),
                    exit.heldOut()
                            .map(heldOut -> Quantity.percent(heldOut.accuracy()))
                            .orElse("-"));
        }
        return table;
    }

    private static String labels(List<String> labels) {
        if (labels.isEmpty()) {
            return "none";
        }
        return labels.size() + ": " + labels.stream().limit(5).collect(Collectors.joining(", "))
                + (labels.size() > 5 ? ", …" : "");
    }

    private static String describe(Preprocessing preprocessing) {
        if (preprocessing instanceof Preprocessing.Audio audio) {
            return "sound, " + audio.rate() + " Hz, " + audio.seconds() + " s, "
                    + (audio.channels() == 1 ? "mono" : audio.channels() + " channels");
        } else if (preprocessing instanceof Preprocessing.Image image) {
            return "images, resize " + image.resize() + ", crop " + image.crop() + ", "
                    + (image.bgr() ? "BGR" : "RGB") + ", scale " + image.scale() + ", mean " + image.mean() + ", std "
                    + image.std();
        }
        return "raw tensors (.npy)";
    }

    static JsonObject json(Bundle bundle) {
        Manifest manifest = bundle.manifest();
        JsonObject json = new JsonObject();
        json.addProperty("bundle", manifest.name());
        json.addProperty("hash", bundle.hash());
        json.addProperty("fixed_batch", manifest.fixedBatch());
        json.addProperty("preprocessing", describe(manifest.preprocessing()));
        json.add("labels", JsonOutput.strings(bundle.labels()));
        JsonObject record = new JsonObject();
        manifest.record().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(entry -> record.addProperty(entry.getKey(), entry.getValue()));
        json.add("record", record);
        JsonArray segments = new JsonArray();
        for (Manifest.Segment segment : manifest.segments()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("file", segment.file());
            entry.addProperty("parameters", segment.parameters());
            entry.addProperty("macs", segment.macs());
            segments.add(entry);
        }
        json.add("segments", segments);
        JsonArray cuts = new JsonArray();
        manifest.cuts().forEach(cut -> cuts.add(cut(cut, manifest.codecs().getOrDefault(cut.name(), List.of()))));
        json.add("cuts", cuts);
        if (!manifest.exits().isEmpty()) {
            JsonArray exits = new JsonArray();
            manifest.exits().forEach(exit -> exits.add(exit(exit)));
            json.add("exits", exits);
            json.add("mean_macs_share", JsonOutput.number(manifest.meanMacsShare()));
        }
        return json;
    }

    private static JsonObject exit(Manifest.Exit exit) {
        JsonObject json = new JsonObject();
        json.addProperty("cut", exit.cut());
        json.addProperty("gate", exit.gate().toString());
        json.add("temperature", JsonOutput.number(exit.temperature()));
        json.addProperty("parameters", exit.parameters());
        json.addProperty("macs", exit.macs());
        json.addProperty("items", exit.items());
        json.add("coverage", JsonOutput.number(exit.coverage()));
        json.add("agreement", JsonOutput.number(exit.agreement()));
        exit.heldOut().ifPresent(heldOut -> {
            JsonObject measured = new JsonObject();
            measured.addProperty("items", heldOut.items());
            measured.add("coverage", JsonOutput.number(heldOut.coverage()));
            measured.add("accuracy", JsonOutput.number(heldOut.accuracy()));
            measured.add("calibration_error_before", JsonOutput.number(heldOut.calibrationErrorBefore()));
            measured.add("calibration_error_after", JsonOutput.number(heldOut.calibrationErrorAfter()));
            json.add("held_out", measured);
        });
        return json;
    }

    private static JsonObject cut(Manifest.Cut cut, List<Manifest.Codec> codecs) {
        JsonObject json = new JsonObject();
        json.addProperty("cut", cut.name());
        json.addProperty("width_bytes", cut.widthBytes());
        JsonArray tensors = new JsonArray();
        for (TensorSpec tensor : cut.tensors()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("name", tensor.name());
            entry.addProperty("type", tensor.dtype().name());
            entry.add("shape", JsonOutput.numbers(tensor.shape()));
            tensors.add(entry);
        }
        json.add("tensors", tensors);
        JsonArray array = new JsonArray();
        for (Manifest.Codec codec : codecs) {
            JsonObject entry = new JsonObject();
            entry.addProperty("codec", codec.name());
            entry.add("mean_bytes", JsonOutput.number(codec.meanBytes()));
            entry.add("agreement", JsonOutput.number(codec.agreement()));
            entry.addProperty("items", codec.items());
            entry.addProperty("lossless", codec.lossless());
            entry.addProperty("auto", CodecTrust.trusts(codec));
            array.add(entry);
        }
        json.add("codecs", array);
        return json;
    }
}
