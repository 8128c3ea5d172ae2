package dev.narrows.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

    boolean isEmpty() {
        return at.isEmpty();
    }

    /** The tensors of each cut. A name that holds a comma itself is written with {@code \,}. */
    List<List<String>> cuts() {
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
