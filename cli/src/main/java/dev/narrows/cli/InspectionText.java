package dev.narrows.cli;

import dev.narrows.graph.Cut;
import dev.narrows.graph.Dim;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** An inspection for people. */
final class InspectionText {

    private static final int NAME_LENGTH = 60;

    private InspectionText() {}

    static void print(PrintWriter out, String model, Inspection inspection, boolean all, int limit) {
        out.println("model       " + model);
        out.println("opset       " + opsets(inspection));
        lines(out, "input", inspection.network().inputs());
        lines(out, "output", inspection.network().outputs());
        out.println("nodes       " + inspection.network().nodes().size());
        out.println("parameters  " + Quantity.count(inspection.parameters()));
        out.println("MACs        " + Quantity.count(inspection.macs()) + " for one item");
        out.println("memory      weights " + Quantity.bytes(inspection.weightBytes()) + ", activations at most "
                + Quantity.bytes(inspection.peakBytes()) + " for one item");
        out.println();
        List<Inspection.Row> shown = all ? inspection.rows() : inspection.best(limit);
        out.println("cuts: " + inspection.rows().size() + "; the input is " + Quantity.bytes(inspection.inputBytes())
                + " wide; * is narrower than all before it between fusions");
        if (shown.isEmpty()) {
            return;
        }
        Table table = new Table(">#", "", "cut", ">width", ">of input", ">MACs upstream", "between fusions");
        for (Inspection.Row row : shown) {
            Cut cut = row.cut();
            table.row(
                    String.valueOf(inspection.rows().indexOf(row) + 1),
                    row.narrowest() ? "*" : "",
                    name(cut),
                    Quantity.bytes(cut.widthBytes()),
                    inspection.inputBytes() == 0
                            ? "-"
                            : Quantity.percent((double) cut.widthBytes() / inspection.inputBytes()),
                    Quantity.percent(row.share()),
                    cut.fusionBoundary() ? "yes" : "no");
        }
        table.print(out);
        int left = inspection.rows().size() - shown.size();
        if (left > 0) {
            out.println("and " + left + " more: --all");
        }
    }

    private static String opsets(Inspection inspection) {
        return inspection.network().opsets().stream()
                .map(opset -> opset.domain().isEmpty() ? String.valueOf(opset.version()) : named(opset))
                .collect(Collectors.joining(", "));
    }

    private static String named(OpsetImport opset) {
        return opset.domain() + " " + opset.version();
    }

    private static void lines(PrintWriter out, String what, List<ValueInfo> values) {
        for (ValueInfo value : values) {
            out.printf(
                    "%-10s  %s %s%n",
                    what, value.name(), value.type().map(InspectionText::type).orElse("no tensor"));
        }
    }

    static String type(TensorType type) {
        return type.element()
                + type.shape()
                        .map(shape ->
                                shape.stream().map(InspectionText::axis).collect(Collectors.joining(", ", " (", ")")))
                        .orElse(" of any rank");
    }

    private static String axis(Dim axis) {
        if (axis instanceof Dim.Known known) {
            return String.valueOf(known.length());
        }
        return axis instanceof Dim.Symbol symbol ? symbol.name() : "?";
    }

    /** What fits a line; a cut of many tensors by its first and how many more there are. */
    private static String name(Cut cut) {
        String name = cut.name();
        if (name.length() <= NAME_LENGTH || cut.tensors().size() == 1) {
            return name;
        }
        return cut.tensors().get(0) + " and " + (cut.tensors().size() - 1) + " more";
    }
}
