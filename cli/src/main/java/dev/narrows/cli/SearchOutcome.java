package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.shrink.Budget;
import dev.narrows.shrink.Comparison;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.Int8;
import dev.narrows.shrink.Search;
import dev.narrows.shrink.Tier;
import dev.narrows.shrink.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** What is left of a search when it is over: the frontier's networks, the page, the best within the budget. */
record SearchOutcome(
        Terminal terminal, boolean json, ShrinkRun run, Search search, Search.Result result, Budget budget, Tier tier) {

    /**
     * Writes and shows all of it.
     *
     * @param page the report's file
     * @param known how many trials were those of an earlier run
     * @return the command's exit code
     */
    int finish(SearchDirectory directory, Path page, int known) throws IOException {
        directory.forget();
        Evidence evidence = run.evidence();
        List<FrontierRow> rows = new ArrayList<>();
        try (Progress progress =
                terminal.progress("testing the frontier", result.frontier().size())) {
            for (Trial trial : result.frontier()) {
                Network network = search.network(trial);
                OnnxFiles.write(network, directory.frontier(trial.id()));
                rows.add(new FrontierRow(trial, tier.millis(trial), test(network, evidence)));
                progress.step();
            }
        }
        int layers = search.byteLayers();
        List<Int8.Sensitivity> sensitivities;
        try (Progress progress = terminal.progress("sensitivities of layers in bytes", layers)) {
            sensitivities = search.byteSensitivities(progress::step);
        }
        OptionalDouble originalTest = test(run.network(), evidence);
        SearchReport written =
                new SearchReport(run.model(), result, rows, sensitivities, budget, tier, run.heldOut(), originalTest);
        Files.writeString(page, written.html());
        String summary = String.format(
                Locale.ROOT,
                "%d candidates tried%s%s; latencies are predicted for %s",
                result.trials().size(),
                known == 0 ? "" : ", " + known + " of them before",
                result.stopped() ? ", then the time was up" : "",
                tier.name());
        if (!json) {
            terminal.out().println(summary);
            search.whyNoBytes().ifPresent(why -> terminal.out().println("note: no candidate is quantised, " + why));
            terminal.out().println();
            FrontierRow.table(rows, result.fused()).print(terminal.out());
            terminal.out().println();
            terminal.out()
                    .println("everything tried: " + directory.tried() + ", the networks above: "
                            + run.output().resolve("frontier") + ", with pictures: " + page);
        }
        JsonObject details = details(rows, page);
        search.whyNoBytes().ifPresent(why -> details.addProperty("not_quantised", why));
        Optional<Trial> best = result.best();
        if (best.isEmpty()) {
            return missed(details);
        }
        if (!json) {
            terminal.out()
                    .println("the fastest within the budget: " + best.get().id() + ", " + FrontierRow.text(best.get()));
            terminal.out().println();
        }
        return run.finish(terminal, json, search.network(best.get()), evidence, details, directory.best());
    }

    private static OptionalDouble test(Network network, Evidence evidence) {
        return evidence.labelled()
                .map(labelled -> OptionalDouble.of(Comparison.accuracy(network, labelled.inputs(), labelled.data())))
                .orElse(OptionalDouble.empty());
    }

    private int missed(JsonObject details) {
        List<String> missed = budget.missed(result.trials(), result.fused(), tier);
        if (json) {
            details.add("missed", JsonOutput.strings(missed));
            details.addProperty("written", false);
            terminal.out().println(JsonOutput.document(details));
        } else {
            terminal.out().println("nothing that was tried is within the budget, so there is no best.onnx:");
            missed.forEach(text -> terminal.out().println("  " + text));
        }
        return 1;
    }

    private JsonObject details(List<FrontierRow> rows, Path page) {
        JsonObject details = new JsonObject();
        details.addProperty("tried", result.trials().size());
        details.addProperty("stopped", result.stopped());
        JsonObject where = new JsonObject();
        where.addProperty("name", tier.name());
        where.addProperty("original_here_ms", tier.hereMillis());
        where.addProperty("float_scale", tier.floatScale());
        where.addProperty("byte_scale", tier.byteScale());
        details.add("tier", where);
        JsonArray frontier = new JsonArray();
        rows.forEach(row -> frontier.add(row.json()));
        details.add("frontier", frontier);
        details.addProperty("best", result.best().map(Trial::id).orElse(""));
        details.addProperty("report", page.toString());
        return details;
    }
}
