package dev.narrows.cli;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.ValueInfo;
import dev.narrows.items.InputFiles;
import dev.narrows.items.ItemReader;
import dev.narrows.plan.Elements;
import dev.narrows.wire.bundle.Preprocessing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Items for a network's only input, read from the files that the user names. */
final class GivenItems {

    private GivenItems() {}

    /** The spec of the input that files are read for. */
    static TensorSpec input(Network network, Shapes shapes) {
        return Elements.spec(network.inputs().get(0).name(), shapes);
    }

    /** An item for each file; a file that holds several gives each. */
    static List<Map<String, Tensor>> read(
            Terminal terminal, Network network, TensorSpec input, Preprocessing preprocessing, List<String> inputs) {
        if (network.inputs().size() != 1) {
            throw new UnsupportedException("inputs: "
                    + network.inputs().stream().map(ValueInfo::name).toList()
                    + " (expected: one; files cannot be given for several, --verify N makes up items for them)");
        }
        List<Path> files = InputFiles.of(inputs);
        ItemReader reader = ItemReader.of(preprocessing, input);
        List<Map<String, Tensor>> items = new ArrayList<>();
        try (Progress progress = terminal.progress("reading", files.size())) {
            for (Path file : files) {
                Tensor tensor = reader.read(file);
                boolean batch = !input.shape().isEmpty() && input.shape().get(0) == -1;
                for (long item = 0; batch && item < tensor.dim(0); item++) {
                    items.add(Map.of(input.name(), tensor.slice(item, item + 1)));
                }
                if (!batch) {
                    items.add(Map.of(input.name(), tensor));
                }
                progress.step();
            }
        }
        return items;
    }
}
