package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.Fusing;
import dev.narrows.shrink.Reference;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code narrows shrink fuse}. */
@Command(
        name = "fuse",
        description = {
            "Clean a network up: the same answers from fewer nodes.",
            "",
            "Folds batch normalisations, scales and biases into convolutions and matrix products, merges linear layers in a "
                    + "row where that saves work, computes constants beforehand, and leaves out what changes nothing, is "
                    + "there twice or is never needed. After each kind of change the network is run, and the change is "
                    + "only kept if the answers are the old ones, but for rounding."
        },
        footer = {
            "  narrows shrink fuse model.onnx -o fused.onnx",
            "  narrows shrink fuse model.onnx --data photos/ --size 96 -o fused.onnx    accuracy too",
        })
final class ShrinkFuseCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    @Mixin
    private final ShrinkRun run = new ShrinkRun();

    ShrinkFuseCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        run.open();
        Evidence evidence = run.evidence();
        Fusing.Result result = terminal.waiting(
                "fusing",
                () -> Fusing.run(
                        run.network(), run.shapes(), Reference.of(run.network(), evidence.items()), Fusing.passes()));
        JsonArray steps = new JsonArray();
        Table table = new Table("pass", ">changes", ">nodes left", ">difference", "");
        for (Fusing.Step step : result.steps()) {
            JsonObject json = new JsonObject();
            json.addProperty("pass", step.pass());
            json.addProperty("changes", step.changes());
            json.addProperty("nodes", step.nodes());
            json.add("max_relative_difference", JsonOutput.number(step.difference()));
            json.addProperty("taken", step.taken());
            steps.add(json);
            table.row(
                    step.pass(),
                    String.valueOf(step.changes()),
                    String.valueOf(step.nodes()),
                    String.format(Locale.ROOT, "%.1e", step.difference()),
                    step.taken()
                            ? ""
                            : step.failure().isEmpty()
                                    ? "not taken: the answers are others"
                                    : "not taken: " + step.failure());
        }
        if (!shrink.json()) {
            if (result.steps().isEmpty()) {
                terminal.out().println("nothing to fuse or clean up");
            } else {
                table.print(terminal.out());
                terminal.out().println();
            }
        }
        JsonObject details = new JsonObject();
        details.add("steps", steps);
        return run.finish(terminal, shrink.json(), result.network(), evidence, details);
    }
}
