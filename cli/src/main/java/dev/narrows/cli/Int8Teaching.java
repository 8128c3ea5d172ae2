package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.graph.Network;
import dev.narrows.shrink.Comparison;
import dev.narrows.shrink.FakeQuantization;
import dev.narrows.shrink.FineTuning;
import dev.narrows.shrink.Reference;
import dev.narrows.train.TrainOptions;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Static INT8 that learns to live with its grids. What it learned is kept if the network is no worse for it on the held-out
 * items, by right answers, or without labels by those that are the same as in float32; and if it is still within the targets
 * that its layers were chosen by.
 */
final class Int8Teaching {

    private final Terminal terminal;
    private final boolean json;
    private final ShrinkRun run;
    private final FineTuning teaching;
    private final TrainOptions options;

    /** @throws WrongUseException if there is nothing to learn from, or options are no such */
    Int8Teaching(Terminal terminal, boolean json, ShrinkRun run, FineTuneOptions tuning) {
        this.terminal = terminal;
        this.json = json;
        this.run = run;
        TrainData.Parts parts = run.data("--fine-tune");
        teaching = tuning.of(run.network(), parts, run.inputs(parts.train()));
        options = tuning.training(parts.train(), tuning.epochs(0), run.seed())
                .keepZeros(true) // of a pruned network
                .build();
    }

    /** @throws dev.narrows.errors.UnsupportedException if the network has an operator that cannot be differentiated */
    void require(Network fused) {
        teaching.require(fused);
    }

    /** The better of the network as it was found and as it is when it was taught. */
    Network taught(Int8Search.Found found, JsonObject details) {
        FakeQuantization fake = found.int8().fakeQuantization(found.options(), found.onBytes());
        details.addProperty("fine_tune_epochs", fake.isEmpty() ? 0 : options.epochs());
        if (fake.isEmpty()) {
            run.note("no layer is on bytes: nothing was taught");
            return found.network();
        }
        Network taught;
        try (TrainProgress progress = new TrainProgress(terminal, "teaching")) {
            taught = fake.taught(teaching, options, progress);
        }
        return better(found, taught, details);
    }

    private Network better(Int8Search.Found found, Network taught, JsonObject details) {
        Network untaught = found.network();
        ToDoubleFunction<Network> score = run.hasLabels() ? this::accuracy : agreement();
        double before = terminal.waiting("asking the held-out items", () -> score.applyAsDouble(untaught));
        double after = terminal.waiting("asking the held-out items", () -> score.applyAsDouble(taught));
        double errorBefore = found.reference().difference(untaught).mean();
        double errorAfter = found.reference().difference(taught).mean();
        boolean worse = !(after >= before);
        boolean beyond = found.good().test(untaught) && !found.good().test(taught);
        boolean kept = !worse && !beyond;
        details.addProperty("error_untaught", errorBefore);
        details.addProperty("error_taught", errorAfter);
        details.addProperty("held_untaught", before);
        details.addProperty("held_taught", after);
        details.addProperty("taught_kept", kept);
        if (!json) {
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "taught: of the held-out items %.2f %% are answered %s, %.2f %% were before",
                            100 * after,
                            run.hasLabels() ? "rightly" : "as in float32",
                            100 * before));
        }
        if (!kept) {
            run.note((worse ? "teaching made it worse on the held-out items" : "teaching took it beyond the targets")
                    + ": the network is the one from before");
        }
        return kept ? taught : untaught;
    }

    private double accuracy(Network network) {
        return Comparison.accuracy(network, run.inputs(teaching.held()), teaching.held());
    }

    private ToDoubleFunction<Network> agreement() {
        Reference reference = Reference.of(run.network(), run.heldOut().items());
        return network -> reference.difference(network).agreement();
    }
}
