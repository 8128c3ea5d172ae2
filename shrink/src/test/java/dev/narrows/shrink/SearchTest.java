package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.plan.RandomItems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches on a small network of two sets of layers, one of which meets itself in a sum. Times are never asserted. */
class SearchTest {

    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));
    private static final Budget ANY = new Budget(Double.POSITIVE_INFINITY, Long.MAX_VALUE, 1);
    private static final Tier TIER = Tier.slower(1, new TierProfile("", "here", 1, OptionalDouble.empty()));
    private static final SearchOptions OPTIONS =
            new SearchOptions(List.of(0.5, 0.75), 4, FilterCriterion.L1, 2, 1, 2, Int8Tuning.Choices.ALL, 0, 1);

    @TempDir
    private Path directory;

    private final List<String> taught = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    private static Network network() {
        return Sketch.opset(17)
                .input("x", -1, 3, 8, 8)
                .weight("w1", 16, 3, 3, 3)
                .node("Conv x w1 -> a", PADDED)
                .norm("n1", 16)
                .node("BatchNormalization a n1.scale n1.bias n1.mean n1.variance -> b")
                .node("Relu b -> c")
                .weight("w2", 8, 16, 3, 3)
                .node("Conv c w2 -> d", PADDED)
                .node("Relu d -> e")
                .weight("w3", 16, 8, 3, 3)
                .node("Conv e w3 -> f", PADDED)
                .node("Add f c -> g")
                .node("GlobalAveragePool g -> h")
                .node("Flatten h -> i")
                .weight("w4", 16, 5)
                .node("Gemm i w4 -> y")
                .output("y", -1, 5)
                .network();
    }

    private Search search(Network network, int most) {
        SearchSubject subject = new SearchSubject(
                network,
                Sketch::shapes,
                RandomItems.of(network, Sketch.shapes(network), 4, 2),
                Evidence.random(network, Sketch.shapes(network), 3),
                (smaller, epochs, checkpoints) -> {
                    taught.add(checkpoints.getFileName().toString());
                    return smaller;
                },
                directory.resolve("taught"));
        SearchListener listener = new SearchListener() {
            @Override
            public void stage(String stage, int trials) {
                told.add(stage);
            }

            @Override
            public void tried(Trial trial, boolean known) {
                told.add((known ? "known " : "new ") + trial.recipe());
            }
        };
        Tried tried = Tried.open(directory.resolve("tried.csv"), TIER);
        return new Search(subject, OPTIONS, ANY, TIER, tried, () -> tried.size() >= most, listener);
    }

    private static List<String> recipes(List<Trial> trials) {
        return trials.stream().map(Trial::recipe).toList();
    }

    @Test
    void run_aSmallNetwork_triesAllStagesAndMakesTheNetworksThatItMeasured() {
        Search search = search(network(), 1000);
        Search.Result result = search.run();

        assertThat(result.stopped()).isFalse();
        assertThat(result.fused().recipe()).isEqualTo("fuse");
        assertThat(result.sets()).extracting(Search.SetTrial::kept).containsExactly(8, 4, 4);
        assertThat(result.sets().get(0).set().layers()).hasSize(2); // those that meet in the sum
        assertThat(recipes(result.trials()))
                .contains("keep 8 8 > fuse", "keep 4 8 > fuse", "keep 16 4 > fuse")
                .anyMatch(recipe -> recipe.endsWith("keep 4 4 > teach 1 > fuse"))
                .anyMatch(recipe -> recipe.startsWith("fuse > int8 "))
                .anyMatch(recipe -> recipe.contains("keep 4 4 > teach 1 > fuse > int8 "))
                .anyMatch(recipe -> recipe.contains("teach 1 > teach 2 > fuse"))
                .contains("drop 0 > fuse", "drop 0 > teach 1 > fuse")
                .anyMatch(recipe -> recipe.startsWith("drop 0 > teach 1 > fuse > int8 "));
        assertThat(told).containsSubsequence("fuse", "set", "step", "block", "shallow", "finish");
        assertThat(result.blocks()).extracting(one -> one.block().name()).containsExactly("g");
        assertThat(result.blocks().get(0).trial().blocksGone()).isEqualTo(1);
        assertThat(result.fused().blocksGone()).isZero();
        assertThat(result.frontier()).isNotEmpty().isSubsetOf(result.trials());
        assertThat(result.best()).isPresent();
        Reference reference = Reference.of(
                network(),
                Evidence.random(network(), Sketch.shapes(network()), 3).items());
        for (Trial trial : result.trials()) {
            Network made = search.network(trial);
            // Made again it answers bit by bit as when it was measured, and has the size that was counted.
            assertThat(reference.difference(made).signalToNoise()).isEqualTo(trial.signalToNoise());
            assertThat(Footprint.of(made, Sketch.shapes(made)).fileBytes()).isEqualTo(trial.fileBytes());
            assertThat(made.outputs()).isEqualTo(network().outputs());
        }
    }

    @Test
    void run_eachNetworkInBytes_isMadeInTheWayOfTheLeastNoise() {
        Search search = search(network(), 1000);
        List<Trial> trials = search.run().trials();
        List<Map<String, Tensor>> items = RandomItems.of(network(), Sketch.shapes(network()), 4, 2);
        int networks = 0;
        for (Trial bytes : trials) {
            if (!bytes.isInBytes() || bytes.floatLayers() > 0) {
                continue;
            }
            String floats = bytes.recipe().substring(0, bytes.recipe().indexOf(" > int8"));
            Network network = trials.stream()
                    .filter(trial -> trial.recipe().equals(floats))
                    .map(search::network)
                    .findFirst()
                    .orElseThrow();
            Int8Tuning tuning = Int8Tuning.of(
                    network,
                    Sketch.shapes(network),
                    items,
                    Reference.of(network, items),
                    node -> true,
                    Int8Tuning.Choices.ALL,
                    () -> {});
            assertThat(bytes.recipe())
                    .isEqualTo(floats + " > int8 " + tuning.way().text());
            networks++;
        }
        assertThat(networks).isGreaterThanOrEqualTo(3); // the whole one and both points
    }

    @Test
    void run_afterAnotherMachine_goesOnInTheWayThatWasFoundThere() throws IOException {
        search(network(), 1000).run();
        Path csv = directory.resolve("tried.csv");
        List<String> lines = Files.readAllLines(csv);
        Trial found = Trial.parse(lines.get(2));
        String other = found.recipe().contains("entropy") ? "percentile" : "entropy";
        String there = "fuse > int8 " + other + " 7 bits gptq";
        assertThat(found.recipe()).startsWith("fuse > int8 ");
        String worse = lines.get(2) // layers in float32 are tried only where bytes lose something
                .replace(found.recipe(), there)
                .replace("," + found.accuracy() + ",", ",-1.0,");
        Files.writeString(csv, String.join("\n", List.of(lines.get(0), lines.get(1), worse)) + "\n");

        Search search = search(network(), 3);
        Search.Result again = search.run();

        assertThat(recipes(again.trials())).containsExactly("fuse", there, there + " but 1");
        for (Trial trial : again.trials().subList(1, 3)) {
            Network made = search.network(trial);
            int largest = made.initializers().values().stream()
                    .filter(tensor -> tensor.type() == ElementType.INT8)
                    .mapToInt(SearchTest::largest)
                    .max()
                    .orElseThrow();
            assertThat(largest).isEqualTo(63); // of 7 bits
        }
    }

    private static int largest(ConstantTensor bytes) {
        int largest = 0;
        ByteBuffer data = bytes.data();
        while (data.hasRemaining()) {
            largest = Math.max(largest, Math.abs(data.get()));
        }
        return largest;
    }

    /** So many convolutions beside a value that stays, each with its sum, and {@code last} behind them. */
    private static Network blocks(int count, String last) {
        Sketch sketch = Sketch.opset(17).input("x", -1, 8, 4, 4);
        String from = "x";
        for (int block = 0; block < count; block++) {
            double most = 0.1 / (1 + block); // the later the fainter
            sketch = sketch.weight("w" + block, -most, most, 8, 8, 3, 3)
                    .node("Conv " + from + " w" + block + " -> c" + block, PADDED)
                    .node("Add c" + block + " " + from + " -> s" + block);
            from = "s" + block;
        }
        return sketch.weight("end", 5, 8, 1, 1)
                .node(last.formatted(from))
                .output("y", -1, last.contains("end") ? 5 : 8, 4, 4)
                .network();
    }

    /** With all blocks gone one layer is left, where an eighth of the whole network's are two. */
    @Test
    void run_aNetworkOfManyBlocks_leavesInFloatsAShareOfTheLayersThatThereAre() throws IOException {
        Network network = blocks(9, "Conv %s end -> y");
        Search.Result first = search(network, 1000).run();
        assertThat(first.blocks()).hasSize(9);
        assertThat(recipes(first.trials()))
                .anyMatch(recipe -> recipe.matches("drop \\d( \\d){3} > teach 1 > fuse"))
                .anyMatch(recipe -> recipe.matches("drop (.*) > teach 1 > drop \\1( \\d){5} > teach 1 > fuse"));
        taught.clear();
        assertThat(search(network, 0).run()).isEqualTo(first);
        assertThat(taught).isEmpty();
        Path csv = directory.resolve("tried.csv");
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(csv)) { // as if bytes had lost all where all blocks are gone
            Optional<Trial> shallow = line.startsWith("id,")
                    ? Optional.empty()
                    : Optional.of(Trial.parse(line)).filter(trial -> trial.blocksGone() == 9 && trial.isInBytes());
            if (shallow.isEmpty() || shallow.get().floatLayers() == 0) {
                lines.add(shallow.map(trial -> line.replace("," + trial.accuracy() + ",", ",-1.0,"))
                        .orElse(line));
            }
        }
        Files.writeString(csv, String.join("\n", lines) + "\n");

        Search.Result again = search(network, 1000).run();

        assertThat(recipes(again.trials()))
                .anyMatch(recipe -> recipe.matches("drop .* > teach 1 > fuse > int8 .* but 1"));
        assertThat(again.trials())
                .filteredOn(trial -> trial.blocksGone() == 9)
                .allMatch(trial -> trial.floatLayers() <= 1);
    }

    @Test
    void run_aNetworkThatIsAllBlocks_leavesOne() {
        Search.Result result = search(blocks(2, "Tanh %s -> y"), 1000).run();

        assertThat(recipes(result.trials()))
                .contains("drop 0 > fuse", "drop 1 > fuse")
                .anyMatch(recipe -> recipe.matches("drop \\d > teach 1 > fuse"))
                .noneMatch(recipe -> recipe.matches("drop \\d \\d .*") || recipe.contains("> drop"));
    }

    @Test
    void run_again_triesNothingNewAndFindsTheSame() {
        Search.Result first = search(network(), 1000).run();
        taught.clear();
        told.clear();

        Search.Result again = search(network(), 0).run();

        assertThat(again).isEqualTo(first);
        assertThat(taught).isEmpty();
        assertThat(told).noneMatch(text -> text.startsWith("new"));
    }

    @Test
    void run_killedWhileItWrites_goesOnFromTheTrialBefore() throws IOException {
        Search.Result whole = search(network(), 1000).run();
        Path csv = directory.resolve("tried.csv");
        List<String> lines = Files.readAllLines(csv);
        int kept = lines.size() - 3;
        Files.writeString(
                csv,
                String.join("\n", lines.subList(0, kept)) + "\n"
                        + lines.get(kept).substring(0, 20));
        told.clear();

        Search.Result again = search(network(), 1000).run();

        // All decisions but those on the last three follow from the same records, so the recipes are the same.
        assertThat(told.stream().filter(text -> text.startsWith("known "))).hasSize(kept - 1);
        assertThat(again.trials().subList(0, kept - 1)).isEqualTo(whole.trials().subList(0, kept - 1));
        assertThat(recipes(again.trials()).subList(0, kept))
                .isEqualTo(recipes(whole.trials()).subList(0, kept));
        for (Trial trial : again.trials()) { // times are as measured now, the rest as before
            whole.trials().stream()
                    .filter(before -> before.recipe().equals(trial.recipe()))
                    .forEach(before -> {
                        assertThat(trial.accuracy()).isEqualTo(before.accuracy());
                        assertThat(trial.signalToNoise()).isEqualTo(before.signalToNoise());
                        assertThat(trial.fileBytes()).isEqualTo(before.fileBytes());
                    });
        }
    }

    @Test
    void run_outOfTime_keepsWhatItHasAndGoesOnLater() {
        Search.Result stopped = search(network(), 4).run();

        assertThat(stopped.stopped()).isTrue();
        assertThat(stopped.trials()).hasSize(4);
        assertThat(stopped.frontier()).isNotEmpty();

        Search.Result whole = search(network(), 1000).run();

        assertThat(whole.stopped()).isFalse();
        assertThat(whole.trials().subList(0, 4)).isEqualTo(stopped.trials());
    }

    @Test
    void run_aNetworkWithoutChannelsToTakeOut_triesBytes() {
        Network plain = Sketch.opset(17)
                .input("x", -1, 6)
                .weight("w", 6, 5)
                .node("Gemm x w -> y")
                .output("y", -1, 5)
                .network();

        Search.Result result = search(plain, 1000).run();

        assertThat(recipes(result.trials()))
                .startsWith("fuse")
                .anyMatch(text -> text.startsWith("fuse > int8 "))
                .allMatch(text -> !text.contains("keep"));
        assertThat(result.sets()).isEmpty();
    }
}
