package dev.narrows.cli;

import dev.narrows.graph.Node;
import dev.narrows.shrink.Int8;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What is lost when each layer alone is quantised, on a page: bars and a table. */
final class ByteSensitivities {

    /** Of what has no bar. */
    static final String BROKEN = "A layer without a bar makes no numbers at all, or changes nothing.";

    private ByteSensitivities() {}

    /** @param kept layers that stay in float32 */
    static void show(HtmlPage page, List<Int8.Sensitivity> sensitivities, Set<Node> kept) {
        BarPlot bars = new BarPlot("One layer alone in bytes", "signal to noise of the answers, dB");
        for (Int8.Sensitivity one : sensitivities) {
            bars.add(kept.contains(one.layer()) ? "stays in float32" : "in bytes", one.name(), one.signalToNoise());
        }
        page.picture(bars.element(
                        "bytes",
                        "Bars: the signal to noise ratio of the answers when one layer alone is quantised, for "
                                + sensitivities.size() + " layers. The table below has the same numbers."))
                .table(table(sensitivities, kept));
    }

    static Table table(List<Int8.Sensitivity> sensitivities, Set<Node> kept) {
        Table table = new Table("layer alone in bytes", ">signal to noise", ">MACs", "");
        for (Int8.Sensitivity one : sensitivities) {
            table.row(
                    one.name(),
                    one.signalToNoise() == Double.NEGATIVE_INFINITY
                            ? "no numbers"
                            : String.format(Locale.ROOT, "%.1f dB", one.signalToNoise()),
                    Quantity.count(one.macs()),
                    kept.contains(one.layer()) ? "stays in float32" : "");
        }
        return table;
    }
}
