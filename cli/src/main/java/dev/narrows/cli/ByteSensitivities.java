package dev.narrows.cli;

import dev.narrows.shrink.Int8;
import java.util.List;
import java.util.Locale;

/** What is lost when each layer alone is quantised, on a page: bars and a table. */
final class ByteSensitivities {

    /** Of what has no bar. */
    static final String BROKEN = "A layer without a bar makes no numbers at all, or changes nothing.";

    private ByteSensitivities() {}

    /** @param kept how many of the first stay in float32; more than there are if nothing is said of it */
    static void show(HtmlPage page, List<Int8.Sensitivity> sensitivities, int kept) {
        BarPlot bars = new BarPlot("One layer alone in bytes", "signal to noise of the answers, dB");
        boolean said = kept <= sensitivities.size();
        for (int i = 0; i < sensitivities.size(); i++) {
            bars.add(
                    said && i < kept ? "stays in float32" : "in bytes",
                    sensitivities.get(i).name(),
                    sensitivities.get(i).signalToNoise());
        }
        page.picture(bars.element(
                        "bytes",
                        "Bars: the signal to noise ratio of the answers when one layer alone is quantised, for "
                                + sensitivities.size() + " layers. The table below has the same numbers."))
                .table(table(sensitivities, said ? kept : 0));
    }

    static Table table(List<Int8.Sensitivity> sensitivities, int kept) {
        Table table = new Table("layer alone in bytes", ">signal to noise", ">MACs", "");
        for (int i = 0; i < sensitivities.size(); i++) {
            Int8.Sensitivity one = sensitivities.get(i);
            table.row(
                    one.name(),
                    one.signalToNoise() == Double.NEGATIVE_INFINITY
                            ? "no numbers"
                            : String.format(Locale.ROOT, "%.1f dB", one.signalToNoise()),
                    Quantity.count(one.macs()),
                    i < kept ? "stays in float32" : "");
        }
        return table;
    }
}
