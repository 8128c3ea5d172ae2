package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ValueInfo;
import java.util.List;

/** An inspection for programs: every cut, whatever the table's limit. */
final class InspectionJson {

    private InspectionJson() {}

    static JsonObject of(String model, Inspection inspection) {
        JsonObject json = new JsonObject();
        json.addProperty("model", model);
        JsonObject opsets = new JsonObject();
        inspection.network().opsets().forEach(opset -> opsets.addProperty(opset.domain(), opset.version()));
        json.add("opsets", opsets);
        json.add("inputs", values(inspection.network().inputs()));
        json.add("outputs", values(inspection.network().outputs()));
        json.addProperty("nodes", inspection.network().nodes().size());
        json.addProperty("parameters", inspection.parameters());
        json.addProperty("macs", inspection.macs());
        json.addProperty("weight_bytes", inspection.weightBytes());
        json.addProperty("peak_activation_bytes", inspection.peakBytes());
        json.addProperty("input_bytes", inspection.inputBytes());
        JsonArray cuts = new JsonArray();
        for (Inspection.Row row : inspection.rows()) {
            Cut cut = row.cut();
            JsonObject entry = new JsonObject();
            entry.addProperty("cut", cut.name());
            entry.add("tensors", JsonOutput.strings(cut.tensors()));
            entry.addProperty("width_bytes", cut.widthBytes());
            entry.addProperty("upstream_nodes", cut.upstream().size());
            entry.addProperty("upstream_macs", cut.upstreamMacs());
            entry.addProperty("upstream_share", row.share());
            entry.addProperty("fusion_boundary", cut.fusionBoundary());
            entry.addProperty("narrowest_so_far", row.narrowest());
            cuts.add(entry);
        }
        json.add("cuts", cuts);
        return json;
    }

    private static JsonArray values(List<ValueInfo> values) {
        JsonArray array = new JsonArray();
        for (ValueInfo value : values) {
            JsonObject entry = new JsonObject();
            entry.addProperty("name", value.name());
            value.type().ifPresent(type -> {
                entry.addProperty("type", type.element().name());
                type.shape().ifPresent(shape -> {
                    JsonArray axes = new JsonArray();
                    for (Dim axis : shape) {
                        if (axis instanceof Dim.Symbol symbol) {
                            axes.add(symbol.name());
                        } else {
                            axes.add(axis.lengthOrMinusOne());
                        }
                    }
                    entry.add("shape", axes);
                });
            });
            array.add(entry);
        }
        return array;
    }
}
