package dev.narrows.cli;

import dev.narrows.shrink.Budget;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.FilterPruning;
import dev.narrows.shrink.Int8;
import dev.narrows.shrink.Search;
import dev.narrows.shrink.Tier;
import dev.narrows.shrink.Trial;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The page of a search: what was found, what each set of layers and each layer costs, everything tried.
 *
 * @param test accuracy of the original on the test items
 */
record SearchReport(
        Path model,
        Search.Result result,
        List<FrontierRow> frontier,
        List<Int8.Sensitivity> sensitivities,
        Budget budget,
        Tier tier,
        Evidence held,
        OptionalDouble test) {

    private static final Set<String> ALONE = Set.of("set", "block");
    private static final String FRONTIER = "best in these two";
    private static final String BEST = "best within the budget";

    String html() {
        String score = held.labelled().isPresent() ? "accuracy" : "agreement with the original";
        HtmlPage page = new HtmlPage("Shrinking " + model.getFileName(), introduction(score));
        page.section("The frontier").paragraph("No other candidate is as fast, as small and as good at once.");
        page.table(FrontierRow.table(frontier, result.fused()));
        page.picture(plot("by latency", "milliseconds an item, predicted for " + tier.name(), score, tier::millis)
                .element("latency", describe(score, "predicted latency")));
        page.picture(plot("by size", "file, kilobytes", score, trial -> trial.fileBytes() / 1000.0)
                .element("size", describe(score, "file size")));
        if (!result.sets().isEmpty()) {
            sets(page, score);
        }
        if (!result.blocks().isEmpty()) {
            blocks(page);
        }
        if (!sensitivities.isEmpty()) {
            page.section("Each layer alone in bytes")
                    .paragraph(
                            "What is left of the answers when one layer alone is quantised (INT8), as signal to noise: "
                                    + "the shorter the bar, the more is lost. " + ByteSensitivities.BROKEN);
            ByteSensitivities.show(page, sensitivities, Set.of());
        }
        page.section("Everything tried").folded(result.trials().size() + " candidates", everything());
        return page.section("How it was measured").list(settings(score)).html();
    }

    private String introduction(String score) {
        Trial fused = result.fused();
        String found = result.best()
                .map(best -> String.format(
                        Locale.ROOT,
                        "The fastest within the budget (%s: %s) takes %.2f of the original's time and %.2f of its file, "
                                + "and loses %.2f points of %s on the held-out items.",
                        best.id(),
                        FrontierRow.text(best),
                        best.ratio(),
                        (double) best.fileBytes() / fused.fileBytes(),
                        100 * (fused.accuracy() - best.accuracy()),
                        score))
                .orElse("Nothing that was tried is within the budget.");
        return result.trials().size() + " networks were made of it and measured"
                + (result.stopped() ? " before the time was up. " : ". ") + found;
    }

    private String describe(String score, String across) {
        return String.format(
                Locale.ROOT,
                "Dots: %s of %d candidates against %s; a line joins those of the frontier that none betters in these two. "
                        + "The same numbers are in the tables.",
                score,
                result.trials().size(),
                across);
    }

    private LinePlot plot(String title, String axis, String score, ToDoubleFunction<Trial> place) {
        LinePlot plot = new LinePlot("Held-out " + score + " " + title, axis, score + ", %", false);
        double best = Double.NEGATIVE_INFINITY;
        List<Trial> across = frontier.stream()
                .map(FrontierRow::trial)
                .sorted(Comparator.comparingDouble(place).thenComparing(Trial::accuracy, Comparator.reverseOrder()))
                .toList();
        for (Trial trial : across) { // of the frontier in three dimensions, that in the picture's two
            if (trial.accuracy() > best) {
                best = trial.accuracy();
                plot.add(FRONTIER, place.applyAsDouble(trial), 100 * best);
            }
        }
        for (Trial trial : result.trials()) {
            String kind =
                    ALONE.contains(trial.stage()) ? "one set or block alone" : trial.isInBytes() ? "int8" : "float32";
            plot.dot(kind, place.applyAsDouble(trial), 100 * trial.accuracy());
        }
        result.best().ifPresent(one -> plot.mark(BEST, place.applyAsDouble(one), 100 * one.accuracy()));
        plot.limit("most that may be lost", 100 * (result.fused().accuracy() - budget.drop()));
        return plot;
    }

    private void sets(HtmlPage page, String score) {
        BarPlot bars = new BarPlot("Channels gone from one set of layers alone", "points of " + score + " lost");
        Table table = new Table(
                "set", ">layers", ">channels", ">kept", ">lost, points", ">signal to noise", ">latency", ">file");
        Trial fused = result.fused();
        result.sets().stream() // the legend in order, though not every set has every share
                .sorted(Comparator.comparingDouble(SearchReport::share).reversed())
                .forEach(one ->
                        bars.add(shareText(one), name(result.sets().get(0).set()), Double.NaN));
        for (Search.SetTrial one : result.sets()) {
            Trial trial = one.trial();
            double lost = 100 * (fused.accuracy() - trial.accuracy());
            int channels = one.set().channels();
            bars.add(shareText(one), name(one.set()), lost);
            table.row(
                    name(one.set()),
                    String.valueOf(one.set().layers().size()),
                    String.valueOf(channels),
                    String.valueOf(one.kept()),
                    String.format(Locale.ROOT, "%.2f", lost),
                    String.format(Locale.ROOT, "%.1f dB", trial.signalToNoise()),
                    String.format(Locale.ROOT, "%.3f", trial.ratio() / fused.ratio()),
                    String.format(Locale.ROOT, "%.3f", (double) trial.fileBytes() / fused.fileBytes()));
        }
        page.section("Each set of layers alone")
                .paragraph(
                        "Layers whose channels hang together, as through residual sums, are one set. Nothing was taught "
                                + "here. Latency and file are those of the fused network times the number.")
                .picture(bars.element(
                        "sets",
                        "Bars: what is lost when channels are taken out of one set of layers alone. The table below has "
                                + "the same numbers."))
                .table(table);
    }

    private void blocks(HtmlPage page) {
        Table table = new Table("block", "layers", ">MACs", ">lost, points", ">signal to noise", ">latency", ">file");
        Trial fused = result.fused();
        for (Search.BlockTrial one : result.blocks()) {
            Trial trial = one.trial();
            table.row(
                    one.block().name(),
                    String.join(", ", one.block().layers()),
                    Quantity.count(one.block().macs()),
                    String.format(Locale.ROOT, "%.2f", 100 * (fused.accuracy() - trial.accuracy())),
                    String.format(Locale.ROOT, "%.1f dB", trial.signalToNoise()),
                    String.format(Locale.ROOT, "%.3f", trial.ratio() / fused.ratio()),
                    String.format(Locale.ROOT, "%.3f", (double) trial.fileBytes() / fused.fileBytes()));
        }
        page.section("Each residual block alone")
                .paragraph("Without the block its sum is the value that came in. Nothing was taught here.")
                .table(table);
    }

    private static double share(Search.SetTrial one) {
        return (double) one.kept() / one.set().channels();
    }

    private static String shareText(Search.SetTrial one) {
        return String.format(Locale.ROOT, "%.0f %% kept", 100 * share(one));
    }

    private static String name(FilterPruning.LayerSet set) {
        int more = set.layers().size() - 1;
        return set.layers().get(0) + (more == 0 ? "" : " + " + more);
    }

    private Table everything() {
        Table table = new Table(
                "id", "stage", "what", ">tier ms", ">latency", ">file", ">download", ">MACs", ">held out", ">seconds");
        for (Trial trial : result.trials()) {
            table.row(
                    trial.id(),
                    trial.stage(),
                    FrontierRow.text(trial),
                    String.format(Locale.ROOT, "%.3f", tier.millis(trial)),
                    String.format(Locale.ROOT, "%.3f", trial.ratio()),
                    Quantity.bytes(trial.fileBytes()),
                    Quantity.bytes(trial.downloadBytes()),
                    Quantity.count(trial.macs()),
                    String.format(Locale.ROOT, "%.2f %%", 100 * trial.accuracy()),
                    String.format(Locale.ROOT, "%.1f", trial.seconds()));
        }
        return table;
    }

    private Map<String, String> settings(String score) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                "latency",
                String.format(
                        Locale.ROOT,
                        "measured on this machine, one thread, the candidate and the original by turns; the original took "
                                + "%.3f ms an item. On the tier it is predicted, not measured: times %s where layers "
                                + "compute with floats, times %s where with bytes",
                        tier.hereMillis(),
                        Quantity.plain(tier.floatScale()),
                        Quantity.plain(tier.byteScale())));
        settings.put("tier", tier.name());
        settings.put(
                "budget",
                (budget.millis() == Double.POSITIVE_INFINITY ? "any latency" : budget.millis() + " ms") + ", "
                        + (budget.fileBytes() == Long.MAX_VALUE ? "any size" : Quantity.bytes(budget.fileBytes()))
                        + ", at most " + Quantity.plain(100 * budget.drop()) + " points lost");
        settings.put(
                "held out",
                held.labelled()
                        .map(labelled -> score + " of " + labelled.data().size()
                                + " items that were neither learned from nor tested on; candidates were chosen by them")
                        .orElse(score + " on " + held.items().size()
                                + (held.random() ? " made-up items: no evidence of accuracy" : " items")));
        test.ifPresent(share -> settings.put(
                "test",
                String.format(
                        Locale.ROOT,
                        "the original is right on %.2f %% of the test items, by which nothing was chosen",
                        100 * share)));
        return settings;
    }
}
