package dev.narrows.cli;

import dev.narrows.graph.Cut;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.CutChoice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a network is to be cut. */
final class CutOptions {

    @Option(
            names = "--at",
            paramLabel = "TENSOR[,TENSOR…]",
            description = {
                "Cut right after these tensors; what else crosses there joins them. Repeat it for more cuts, "
                        + "in any order."
            })
    private List<String> at = new ArrayList<>();

    @Option(
            names = "--into",
            paramLabel = "N",
            description = "Choose the cuts: N segments, with narrow cuts between fusions that leave each segment some "
                    + "weight.")
    private @Nullable Integer into;

    /** Refuses what makes no sense together. */
    void check() {
        if (into != null && (into < 2 || !at.isEmpty())) {
            throw new WrongUseException(
                    "--into: " + into + (at.isEmpty() ? " (expected: 2 or more)" : " (expected: either it or --at)"));
        }
        given();
    }

    /** Whether no cut is asked for. */
    boolean isEmpty() {
        return at.isEmpty() && into == null;
    }

    /** The tensors of each cut, as given or chosen. */
    List<List<String>> cuts(Network network, Shapes shapes) {
        if (into == null) {
            return given();
        }
        return CutChoice.narrowest(network, shapes, into - 1).stream()
                .map(Cut::tensors)
                .toList();
    }

    /** The tensors of each cut that was given. A name that holds a comma itself is written with {@code \,}. */
    private List<List<String>> given() {
        List<List<String>> cuts = new ArrayList<>();
        for (String text : at) {
            List<String> tensors = Arrays.stream(text.split("(?<!\\\\),", -1))
                    .map(name -> name.replace("\\,", ",").strip())
                    .toList();
            if (tensors.contains("")) {
                throw new WrongUseException("--at: \"" + text + "\" (expected: names with commas between them)");
            }
            cuts.add(tensors);
        }
        return cuts;
    }
}
