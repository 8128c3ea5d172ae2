package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.shrink.Reference;
import dev.narrows.shrink.ResidualBlocks;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** Residual blocks that {@code narrows shrink prune --blocks} takes out, over one or several turns, and what it says of them. */
final class PrunedBlocks {

    private static final int ITEMS = 200;

    private final Terminal terminal;
    private final ShrinkRun run;
    private final boolean json;
    private final int count;
    private final Predicate<Node> kept;
    private final JsonArray gone = new JsonArray();
    private Optional<Reference> reference = Optional.empty();

    /**
     * @param json whether nothing is to be said but in the details
     * @param count of blocks that are to be gone in the end
     * @param kept layers that are to stay
     * @throws UnsupportedException if the network has not as many
     */
    PrunedBlocks(Terminal terminal, ShrinkRun run, boolean json, int count, Predicate<Node> kept) {
        this.terminal = terminal;
        this.run = run;
        this.json = json;
        this.count = count;
        this.kept = kept;
        int all = of(run.network()).all().size();
        if (all < count) {
            throw new UnsupportedException("blocks: " + all + " that can go (expected: " + count
                    + " or more residual sums of a value and what a branch makes of it alone, beside those of --keep)");
        }
    }

    private ResidualBlocks of(Network network) {
        return ResidualBlocks.of(network, run.shapes(network)).keeping(kept).innermost();
    }

    /** The network with all those gone that are to be behind a part of the way, 0 to 1. */
    Network without(Network network, double part, JsonObject details) {
        ResidualBlocks blocks = of(network);
        int now = Math.max(0, (int) Math.round(count * part) - gone.size());
        Reference whole = reference.orElseGet(() -> Reference.of(run.network(), run.trainingItems(ITEMS)));
        reference = Optional.of(whole);
        List<ResidualBlocks.Gone> chosen;
        try (Progress progress = terminal.progress("trying blocks", blocks.trials(now))) {
            chosen = blocks.least(now, whole, run::shapes, progress::step);
        }
        details.addProperty("removable_blocks", blocks.all().size() + gone.size());
        Table table = new Table("block gone", "layers", ">MACs", ">signal to noise");
        for (ResidualBlocks.Gone one : chosen) {
            JsonObject entry = new JsonObject();
            entry.addProperty("block", one.block().name());
            entry.add("layers", JsonOutput.strings(one.block().layers()));
            entry.addProperty("macs", one.block().macs());
            entry.add("signal_to_noise", JsonOutput.number(one.signalToNoise()));
            gone.add(entry);
            table.row(
                    one.block().name(),
                    String.join(", ", one.block().layers()),
                    Quantity.count(one.block().macs()),
                    String.format(Locale.ROOT, "%.1f dB", one.signalToNoise()));
        }
        details.add("blocks", gone);
        if (!json && !chosen.isEmpty()) {
            table.print(terminal.out());
            terminal.out().println();
        }
        return blocks.without(chosen.stream().map(one -> one.block().name()).toList(), run::shapes);
    }
}
