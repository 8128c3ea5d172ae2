package dev.narrows.shrink;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Network;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/* design
 *
 * 1. fuse: the network as it is, fused: what all others are held against. Then in INT8 (bytes), in the way that has the least
 *    noise (Int8Tuning), found once for each float network; where that loses accuracy, also with the most sensitive layers
 *    left in float32.
 * 2. set: some shares of the channels of each set of layers alone. What is lost is the noise of the answers, which adds up
 *    where it is small; what is saved is latency and size.
 * 3. step: ChannelPath makes a way from the whole network to the smallest; each point of it is made of the one before, and
 *    taught; then in INT8 as above.
 * 4. block: each residual block gone alone. shallow: more and more of them gone, the one that costs the least noise for what it
 *    saves first; each network is made of the one before, and taught; then in INT8 as above.
 * 5. finish: the best points that keep to the budget's time and size are taught for longer, in float32 and in bytes.
 *
 * Every decision follows from what was recorded of trials, never from the clock or from chance: a search that goes on reads
 * the same records and comes to the same trials. What depends on the machine is recorded too: which way of quantising was
 * found stands in the recipe.
 */
/** Looks, by trying, for networks that are fast, small and good at once. */
public final class Search {

    private static final int FINISHED = 3; // points at most
    private static final List<Double> FLOAT_SHARES = List.of(0.0, 0.125, 0.25); // of layers, the most sensitive
    private static final double LEAST_SAVED = 0.01; // of time or size, which wobble by more
    private static final double NANOS = 1e9;

    /**
     * A set of layers with channels gone from it alone.
     *
     * @param set of the original network
     * @param kept channels
     */
    public record SetTrial(FilterPruning.LayerSet set, int kept, Trial trial) {}

    /** A network without one of its residual blocks. */
    public record BlockTrial(ResidualBlocks.Block block, Trial trial) {}

    /**
     * What was found.
     *
     * @param fused the network itself, fused
     * @param sets each set of layers alone
     * @param blocks each residual block alone
     * @param trials all of them, in the order in which they were first tried
     * @param frontier those that no other betters, the fastest first
     * @param best the fastest that keeps to the budget, if any does
     * @param stopped whether the time was up before everything was tried
     */
    public record Result(
            Trial fused,
            List<SetTrial> sets,
            List<BlockTrial> blocks,
            List<Trial> trials,
            List<Trial> frontier,
            Optional<Trial> best,
            boolean stopped) {

        public Result {
            sets = List.copyOf(sets);
            blocks = List.copyOf(blocks);
            trials = List.copyOf(trials);
            frontier = List.copyOf(frontier);
        }
    }

    private final SearchSubject subject;
    private final SearchOptions options;
    private final Budget budget;
    private final Tier tier;
    private final Tried tried;
    private final BooleanSupplier over;
    private final SearchListener listener;
    private final Candidates candidates;
    private final Reference reference;
    private final List<FilterPruning.LayerSet> sets;
    private final List<ResidualBlocks.Block> blocks;
    private final Map<Trial, Recipe> trials = new LinkedHashMap<>();
    private boolean stopped;

    /**
     * @param tried what earlier runs tried is not tried again; what this one tries is added
     * @param over whether the time is up: nothing new is tried then
     */
    public Search(
            SearchSubject subject,
            SearchOptions options,
            Budget budget,
            Tier tier,
            Tried tried,
            BooleanSupplier over,
            SearchListener listener) {
        this.subject = subject;
        this.options = options;
        this.budget = budget;
        this.tier = tier;
        this.tried = tried;
        this.over = over;
        this.listener = listener;
        candidates = new Candidates(subject, options);
        reference = Reference.of(subject.network(), subject.held().items());
        sets = candidates.sets();
        blocks = candidates.blocks();
    }

    /** Searches. */
    public Result run() {
        int layers = byteLayers();
        int each = 1 + (layers == 0 ? 0 : FLOAT_SHARES.size()); // trials of a point at most
        listener.stage("fuse", each);
        Trial fused = tried("fuse", Recipe.FUSED);
        bytes(Recipe.FUSED, fused, layers);
        List<SetTrial> alone = eachSet();
        List<Recipe> points = new ArrayList<>(path(fused, alone, layers, each));
        List<BlockTrial> shallower = eachBlock();
        points.addAll(shallow(fused, shallower, layers, each));
        if (options.finishEpochs() > 0) {
            finish(points, layers, each);
        }
        List<Trial> all = List.copyOf(trials.keySet());
        return new Result(fused, alone, shallower, all, Frontier.of(all, tier), budget.best(all, fused, tier), stopped);
    }

    /** The network of a trial of this search, made again. */
    public Network network(Trial trial) {
        Recipe recipe = trials.get(trial);
        if (recipe == null) {
            throw new IllegalArgumentException("trial: " + trial.id() + " (expected: one of this search)");
        }
        return candidates.of(recipe);
    }

    /** What is lost when each layer of the fused network alone is bytes, the one that loses most first; empty if none can be. */
    public List<Int8.Sensitivity> byteSensitivities(Runnable done) {
        return byteLayers() == 0
                ? List.of()
                : candidates.sensitivities(
                        Recipe.FUSED, recorded(Recipe.FUSED).orElseGet(() -> candidates.tuned(Recipe.FUSED)), done);
    }

    /** How many layers of the fused network can be quantised to bytes: 0 if {@link #whyNoBytes}. */
    public int byteLayers() {
        return byteLayers(Recipe.FUSED);
    }

    private int byteLayers(Recipe recipe) {
        return whyNoBytes(recipe).isPresent() ? 0 : candidates.byteLayers(recipe);
    }

    /** Why the quantiser cannot take the fused network, if so. */
    public Optional<String> whyNoBytes() {
        return whyNoBytes(Recipe.FUSED);
    }

    private Optional<String> whyNoBytes(Recipe recipe) {
        try {
            candidates.byteLayers(recipe);
            return Optional.empty();
        } catch (UnsupportedException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private List<SetTrial> eachSet() {
        listener.stage(
                "set",
                sets.stream()
                        .mapToInt(set -> options.kept(set.channels()).size())
                        .sum());
        List<SetTrial> alone = new ArrayList<>();
        for (int set = 0; set < sets.size(); set++) {
            for (int kept : options.kept(sets.get(set).channels())) {
                List<Integer> all = untouched();
                all.set(set, kept);
                Optional<Trial> trial = tryOut("set", Recipe.FUSED.then(new Recipe.Step(List.of(), all, 0)));
                if (trial.isPresent()) {
                    alone.add(new SetTrial(sets.get(set), kept, trial.get()));
                }
            }
        }
        return alone;
    }

    private List<Integer> untouched() {
        return new ArrayList<>(
                sets.stream().map(FilterPruning.LayerSet::channels).toList());
    }

    private List<BlockTrial> eachBlock() {
        listener.stage("block", blocks.size());
        List<BlockTrial> alone = new ArrayList<>();
        for (int block = 0; block < blocks.size(); block++) {
            Optional<Trial> trial = tryOut("block", Recipe.FUSED.then(new Recipe.Step(List.of(block), List.of(), 0)));
            if (trial.isPresent()) {
                alone.add(new BlockTrial(blocks.get(block), trial.get()));
            }
        }
        return alone;
    }

    /** Networks without more and more blocks, at most as many as points, each tried in float32 and in bytes. */
    private List<Recipe> shallow(Trial fused, List<BlockTrial> alone, int layers, int each) {
        List<Integer> order = stopped ? List.of() : order(fused, alone);
        int networks = Math.min(options.points(), order.size());
        listener.stage("shallow", each * networks);
        List<Recipe> points = new ArrayList<>();
        Recipe recipe = Recipe.FUSED;
        long whole = candidates.macs();
        for (int point = 1; point <= networks; point++) {
            List<Integer> gone = order.subList(0, point * order.size() / networks);
            if (gone.stream().mapToLong(block -> blocks.get(block).macs()).sum() == whole) {
                break; // nothing that computes would be left
            }
            recipe = recipe.then(new Recipe.Step(gone, List.of(), options.epochs()));
            Optional<Trial> trial = tryOut("shallow", recipe);
            if (trial.isEmpty()) {
                break;
            }
            points.add(recipe);
            bytes(recipe, trial.get(), layers);
        }
        return points;
    }

    /** The blocks by the noise that they cost alone for what they save. */
    private List<Integer> order(Trial fused, List<BlockTrial> alone) {
        return alone.stream()
                .sorted(Comparator.comparingDouble(
                        one -> one.trial().noise() / Math.max(LEAST_SAVED, saved(one.trial(), fused))))
                .map(one -> blocks.indexOf(one.block()))
                .toList();
    }

    /** The points of the way to the smallest network, each tried in float32 and in bytes. */
    private List<Recipe> path(Trial fused, List<SetTrial> alone, int layers, int each) {
        List<List<ChannelPath.Level>> levels = new ArrayList<>();
        for (FilterPruning.LayerSet set : sets) {
            levels.add(levels(
                    set,
                    fused,
                    alone.stream().filter(one -> one.set().equals(set)).toList()));
        }
        List<List<Integer>> path = stopped ? List.of() : ChannelPath.of(levels, options.points());
        listener.stage("step", each * path.size());
        List<Recipe> points = new ArrayList<>();
        Recipe recipe = Recipe.FUSED;
        for (List<Integer> kept : path) {
            recipe = recipe.then(new Recipe.Step(List.of(), kept, options.epochs()));
            Optional<Trial> trial = tryOut("step", recipe);
            if (trial.isEmpty()) {
                break;
            }
            points.add(recipe);
            bytes(recipe, trial.get(), layers);
        }
        return points;
    }

    /**
     * The levels of a set. What is saved for a channel is taken from all of them, by a line through nothing (least squares):
     * a single saving of a few per cent is within what the clock wobbles.
     */
    private List<ChannelPath.Level> levels(FilterPruning.LayerSet set, Trial fused, List<SetTrial> alone) {
        double products = 0;
        double squares = 0;
        for (SetTrial one : alone) {
            int gone = set.channels() - one.kept();
            products += gone * saved(one.trial(), fused);
            squares += (double) gone * gone;
        }
        List<ChannelPath.Level> levels = new ArrayList<>();
        levels.add(new ChannelPath.Level(set.channels(), 0, 0));
        for (SetTrial one : alone) {
            int gone = set.channels() - one.kept();
            levels.add(new ChannelPath.Level(one.kept(), one.trial().noise(), gone * products / squares));
        }
        return levels;
    }

    /** The share saved of what the budget limits, time and size alike if it limits neither. */
    private double saved(Trial trial, Trial fused) {
        double time = 1 - trial.ratio() / fused.ratio();
        double size = 1 - (double) trial.fileBytes() / fused.fileBytes();
        boolean either = budget.limitsTime() == budget.limitsSize();
        return either ? time + size : budget.limitsTime() ? time : size;
    }

    /** @param whole how many layers of the original network can be bytes */
    private void bytes(Recipe recipe, Trial floats, int whole) {
        int layers = whole == 0 ? 0 : byteLayers(recipe.last().gone(), whole);
        Optional<Int8Way> way = layers == 0 ? Optional.empty() : way(recipe);
        if (way.isEmpty()) {
            return;
        }
        for (double share : FLOAT_SHARES) {
            Optional<Trial> trial = tryOut("bytes", recipe.inBytes(way.get(), (int) Math.ceil(share * layers)));
            if (trial.isEmpty() || trial.get().accuracy() >= floats.accuracy()) {
                break; // layers in float32 could only make it slower
            }
        }
    }

    /** How many layers can be bytes without some blocks: what is taught, and the channels that go, change nothing in that. */
    private int byteLayers(List<Integer> gone, int whole) {
        if (gone.isEmpty()) {
            return whole;
        }
        return byteLayers(Recipe.FUSED.then(new Recipe.Step(gone, List.of(), 0)));
    }

    /** How a network becomes bytes: as it was recorded, or found if there is time for it. */
    private Optional<Int8Way> way(Recipe recipe) {
        Optional<Int8Way> recorded = recorded(recipe);
        return recorded.isPresent() || isOver() ? recorded : Optional.of(candidates.tuned(recipe));
    }

    /** The way in which a network was tried in bytes. */
    private Optional<Int8Way> recorded(Recipe recipe) {
        return options.int8().ways().stream()
                .filter(way -> tried.of(recipe.inBytes(way, 0)).isPresent())
                .findFirst();
    }

    private void finish(List<Recipe> points, int layers, int each) {
        List<Trial> all = List.copyOf(trials.keySet());
        List<Trial> good = Frontier.of(all, tier).stream()
                .filter(trial -> budget.holds(trial, tier))
                .sorted(Comparator.comparingDouble(trial -> -trial.accuracy()))
                .toList();
        List<Recipe> chosen = good.stream()
                .map(trial -> new Recipe(recipe(trial).steps(), new Recipe.Precision.Float32()))
                .filter(points::contains)
                .distinct()
                .limit(FINISHED)
                .toList();
        listener.stage("finish", each * chosen.size());
        for (Recipe recipe : chosen) {
            Recipe.Step last = recipe.last();
            Recipe longer = recipe.then(new Recipe.Step(last.gone(), last.kept(), options.finishEpochs()));
            tryOut("finish", longer).ifPresent(trial -> bytes(longer, trial, layers));
        }
    }

    private Recipe recipe(Trial trial) {
        return Optional.ofNullable(trials.get(trial)).orElseThrow();
    }

    /** A trial from the records, or a new one if there is time for it. */
    private Optional<Trial> tryOut(String stage, Recipe recipe) {
        return tried.of(recipe).isEmpty() && isOver() ? Optional.empty() : Optional.of(tried(stage, recipe));
    }

    /** Whether nothing new is to be tried; from then on nothing is. */
    private boolean isOver() {
        stopped = stopped || over.getAsBoolean();
        return stopped;
    }

    private Trial tried(String stage, Recipe recipe) {
        Optional<Trial> known = tried.of(recipe);
        Trial trial = known.orElseGet(() -> measured(stage, recipe));
        if (known.isEmpty()) {
            tried.add(trial);
        }
        trials.put(trial, recipe);
        listener.tried(trial, known.isPresent());
        return trial;
    }

    private Trial measured(String stage, Recipe recipe) {
        long start = System.nanoTime();
        Network network = candidates.of(recipe);
        Footprint footprint = Footprint.of(network, subject.shapes().apply(network));
        PairedLatency latency =
                PairedLatency.of(subject.network(), network, subject.held().items(), options.measureSeconds());
        Reference.Difference difference = reference.difference(network);
        double accuracy = subject.held()
                .labelled()
                .map(labelled -> Comparison.accuracy(network, labelled.inputs(), labelled.data()))
                .orElse(difference.agreement());
        int all = untouched().stream().mapToInt(Integer::intValue).sum();
        List<Integer> kept = recipe.last().kept();
        int left =
                kept.isEmpty() ? all : kept.stream().mapToInt(Integer::intValue).sum();
        int floats = recipe.precision() instanceof Recipe.Precision.Bytes bytes ? bytes.floatLayers() : 0;
        return new Trial(
                stage,
                recipe.text(),
                all == 0 ? 1 : (double) left / all,
                recipe.epochs(),
                recipe.isInBytes() ? 8 : 32,
                floats,
                latency.ratio(),
                latency.lowerQuartile(),
                latency.upperQuartile(),
                footprint.fileBytes(),
                footprint.downloadBytes(),
                footprint.parameters(),
                footprint.macs(),
                accuracy,
                difference.signalToNoise(),
                (System.nanoTime() - start) / NANOS);
    }
}
