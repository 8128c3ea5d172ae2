package dev.narrows.shrink;

import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.Shapes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes the networks of recipes. Those that took training are kept in files, so that they are made once; the others are
 * made again when they are asked for, the same each time.
 */
final class Candidates {

    private static final int REFERENCE_ITEMS = 20;

    /** A fused network, and what was seen of it once that was asked for. */
    private static final class Fused {

        private final String recipe;
        private final Network network;
        private final Map<Boolean, Int8> int8 = new HashMap<>(); // equalised or not
        private final Map<Int8Way, List<Int8.Sensitivity>> sensitivities = new HashMap<>();

        Fused(String recipe, Network network) {
            this.recipe = recipe;
            this.network = network;
        }
    }

    private final SearchSubject subject;
    private final SearchOptions options;
    private Optional<Fused> last = Optional.empty();

    Candidates(SearchSubject subject, SearchOptions options) {
        this.subject = subject;
        this.options = options;
    }

    private Shapes shapes(Network network) {
        return subject.shapes().apply(network);
    }

    /** The residual blocks of the original network of which each can go, whichever of the others goes. */
    List<ResidualBlocks.Block> blocks() {
        return ResidualBlocks.of(subject.network(), shapes(subject.network()))
                .innermost()
                .all();
    }

    /** Multiply-accumulates of the original network, an item. */
    long macs() {
        return Costs.of(subject.network(), shapes(subject.network())).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
    }

    /** The sets of layers of the original network whose channels can go. */
    List<FilterPruning.LayerSet> sets() {
        return FilterPruning.of(subject.network(), shapes(subject.network()), options.seed())
                .sets();
    }

    Network of(Recipe recipe) {
        if (!(recipe.precision() instanceof Recipe.Precision.Bytes bytes)) {
            return fused(recipe).network;
        }
        Int8Way way = bytes.way();
        List<Int8.Sensitivity> first = bytes.floatLayers() == 0 ? List.of() : sensitivities(recipe, way, () -> {});
        return int8(recipe, way.equalized()).quantized(way.options(), node -> true, first, bytes.floatLayers());
    }

    /**
     * What is lost when each layer alone is quantised, the one that loses most first.
     *
     * @throws dev.narrows.errors.UnsupportedException if no layer can be
     */
    List<Int8.Sensitivity> sensitivities(Recipe recipe, Int8Way way, Runnable done) {
        Int8 int8 = int8(recipe, way.equalized());
        return fused(recipe)
                .sensitivities
                .computeIfAbsent(way, asked -> int8.sensitivities(asked.options(), reference(recipe), done));
    }

    /**
     * The way of becoming bytes that has the least noise.
     *
     * @throws dev.narrows.errors.UnsupportedException if no layer can be
     */
    Int8Way tuned(Recipe recipe) {
        Fused fused = fused(recipe);
        Int8Tuning tuning = Int8Tuning.of(
                fused.network,
                shapes(fused.network),
                subject.calibration(),
                reference(recipe),
                node -> true,
                options.int8(),
                () -> {});
        fused.int8.put(tuning.equalized(), tuning.int8());
        return tuning.way();
    }

    /**
     * How many layers can be quantised.
     *
     * @throws dev.narrows.errors.UnsupportedException if none can be
     */
    int byteLayers(Recipe recipe) {
        Network network = fused(recipe).network;
        return Int8.layers(network, shapes(network));
    }

    private Fused fused(Recipe recipe) {
        String text = new Recipe(recipe.steps(), new Recipe.Precision.Float32()).text();
        if (last.isPresent() && last.get().recipe.equals(text)) {
            return last.get();
        }
        Network made = made(recipe.steps());
        Fused fused = new Fused(text, Fusing.fused(made, shapes(made), subject.calibration()));
        last = Optional.of(fused);
        return fused;
    }

    private Int8 int8(Recipe recipe, boolean equalized) {
        Fused fused = fused(recipe);
        return fused.int8.computeIfAbsent(
                equalized,
                scaled -> Int8.calibrated(fused.network, shapes(fused.network), subject.calibration(), scaled));
    }

    private Reference reference(Recipe recipe) {
        return Reference.of(
                fused(recipe).network,
                subject.calibration().subList(0, Math.min(subject.calibration().size(), REFERENCE_ITEMS)));
    }

    /** The network after some steps, not fused: training wants its normalisations. */
    private Network made(List<Recipe.Step> steps) {
        if (steps.isEmpty()) {
            return subject.network();
        }
        Recipe.Step step = steps.get(steps.size() - 1);
        String id = new Fingerprint()
                .add(new Recipe(steps, new Recipe.Precision.Float32()).text())
                .hex();
        Path kept = subject.directory().resolve(id + ".onnx");
        if (step.epochs() > 0 && Files.exists(kept)) {
            return OnnxFiles.read(kept);
        }
        Recipe earlier = new Recipe(steps.subList(0, steps.size() - 1), new Recipe.Precision.Float32());
        Network shallower =
                without(made(earlier.steps()), step.gone(), earlier.last().gone());
        Network pruned = step.kept().isEmpty() ? shallower : narrowed(shallower, step.kept());
        if (step.epochs() == 0) {
            return pruned;
        }
        Path checkpoints = subject.directory().resolve(id + ".checkpoints");
        Network taught = subject.retraining().taught(pruned, step.epochs(), checkpoints);
        createDirectory();
        OnnxFiles.write(taught, kept);
        remove(checkpoints);
        return taught;
    }

    private Network without(Network network, List<Integer> gone, List<Integer> already) {
        List<ResidualBlocks.Block> blocks = blocks();
        List<String> names = gone.stream()
                .filter(block -> !already.contains(block))
                .map(block -> blocks.get(block).name())
                .toList();
        return names.isEmpty()
                ? network
                : ResidualBlocks.of(network, shapes(network)).without(names, subject.shapes());
    }

    private Network narrowed(Network network, List<Integer> kept) {
        FilterPruning pruning = FilterPruning.of(network, shapes(network), options.seed());
        Set<Integer> chosen = pruning.allBut(kept, options.criterion());
        return subject.held().random() || pruning.reconstructions() == 0
                ? pruning.removed(chosen)
                : pruning.reconstructed(chosen, subject.calibration(), fitted -> {});
    }

    private void createDirectory() {
        try {
            Files.createDirectories(subject.directory());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
