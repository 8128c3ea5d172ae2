package dev.narrows.cli;

import java.util.List;
import java.util.Locale;

/** The demo's results as text cells, the same in the terminal and on the page. */
final class DemoTable {

    private DemoTable() {}

    static Table of(List<DemoResult> results) {
        Table table = new Table(
                "scenario",
                ">right",
                ">median ms",
                ">p95 ms",
                ">bytes up",
                ">with headers",
                ">device ms",
                ">link ms",
                ">cloud ms",
                ">by cloud",
                ">by device",
                ">offline",
                ">late");
        results.forEach(result -> row(table, result));
        return table;
    }

    private static void row(Table table, DemoResult result) {
        table.row(
                result.scenario() + (result.choice().isEmpty() ? "" : " (" + result.choice() + ")"),
                String.format(Locale.ROOT, "%d/%d %.1f %%", result.correct(), result.items(), result.accuracyPercent()),
                number(result.medianMillis()),
                number(result.p95Millis()),
                String.format(Locale.ROOT, "%.0f", result.codeBytesUp()),
                String.format(Locale.ROOT, "%.0f", result.wireBytesUp()),
                number(result.deviceMillis()),
                number(result.linkMillis()),
                number(result.cloudMillis()),
                String.valueOf(result.byCloud()),
                String.valueOf(result.byDevice()),
                result.offlineItems() == 0 ? "-" : result.offlineAnswered() + "/" + result.offlineItems(),
                String.valueOf(result.lateItems()));
    }

    private static String number(double millis) {
        return String.format(Locale.ROOT, millis < 100 ? "%.1f" : "%.0f", millis);
    }
}
