package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How a network is best quantised, by its noise on sample items: one thing after the other is chosen, those before being as
 * found and those behind as first named.
 *
 * @param int8 the network, equalised if that was better
 * @param equalized whether it is
 * @param options the best
 * @param tried all that was tried, in order
 */
public record Int8Tuning(Int8 int8, boolean equalized, Int8Options options, List<Tried> tried) {

    private static final double MARGIN = 0.1; // dB; what is less is no reason to leave what was named first

    /**
     * One way.
     *
     * @param signalToNoise of the answers with all layers on bytes, in decibel
     */
    public record Tried(boolean equalized, Int8Options options, double signalToNoise) {}

    /**
     * What is to be chosen from; what is named alone is taken.
     *
     * @param weightBits in the order in which they are tried, as all that follow
     * @param equalized whether channels are scaled between layers first ({@link Equalization})
     */
    public record Choices(
            List<Integer> weightBits,
            List<CalibrationMethod> methods,
            List<Boolean> equalized,
            List<Rounding> roundings,
            boolean biasCorrection,
            ActivationGrid activations) {

        /** All that can be done. */
        public static final Choices ALL = new Choices(
                List.of(8, 7),
                List.of(CalibrationMethod.values()),
                List.of(false, true),
                List.of(Rounding.values()),
                true,
                ActivationGrid.UNSIGNED);

        public Choices {
            weightBits = List.copyOf(weightBits);
            methods = List.copyOf(methods);
            equalized = List.copyOf(equalized);
            roundings = List.copyOf(roundings);
            if (weightBits.isEmpty() || methods.isEmpty() || equalized.isEmpty() || roundings.isEmpty()) {
                throw new InvalidException("choices: none of a kind (expected: one at least of each)");
            }
        }

        /** How many ways are tried at most. */
        public int count() {
            return weightBits.size() + methods.size() + equalized.size() + roundings.size() - 3;
        }

        /** All that may come of it. */
        List<Int8Way> ways() {
            List<Int8Way> ways = new ArrayList<>();
            for (int bits : weightBits) {
                for (CalibrationMethod method : methods) {
                    for (Rounding rounding : roundings) {
                        Int8Options options = new Int8Options(method, bits, biasCorrection, rounding, activations);
                        equalized.forEach(scaled -> ways.add(new Int8Way(scaled, options)));
                    }
                }
            }
            return ways;
        }
    }

    public Int8Tuning {
        tried = List.copyOf(tried);
    }

    /** What was chosen. */
    public Int8Way way() {
        return new Int8Way(equalized, options);
    }

    /**
     * Tries.
     *
     * @param network in float32, fused
     * @param items to see activations on
     * @param reference the network's answers to some items
     * @param wanted which layers may be quantised
     * @param done is called after each way that was tried
     */
    public static Int8Tuning of(
            Network network,
            Shapes shapes,
            List<Map<String, Tensor>> items,
            Reference reference,
            Predicate<Node> wanted,
            Choices choices,
            Runnable done) {
        return new Trial(network, shapes, items, reference, wanted, choices, done).run();
    }

    private static final class Trial {
        private final Network network;
        private final Shapes shapes;
        private final List<Map<String, Tensor>> items;
        private final Reference reference;
        private final Predicate<Node> wanted;
        private final Choices choices;
        private final Runnable done;
        private final List<Tried> tried = new ArrayList<>();
        private Int8 best;
        private Tried least;

        Trial(
                Network network,
                Shapes shapes,
                List<Map<String, Tensor>> items,
                Reference reference,
                Predicate<Node> wanted,
                Choices choices,
                Runnable done) {
            this.network = network;
            this.shapes = shapes;
            this.items = items;
            this.reference = reference;
            this.wanted = wanted;
            this.choices = choices;
            this.done = done;
            boolean equalized = choices.equalized().get(0);
            Int8Options first = new Int8Options(
                    choices.methods().get(0),
                    choices.weightBits().get(0),
                    choices.biasCorrection(),
                    choices.roundings().get(0),
                    choices.activations());
            best = calibrated(equalized);
            least = measured(best, equalized, first);
        }

        Int8Tuning run() {
            for (int bits : rest(choices.weightBits())) {
                attempt(best, least.equalized(), least.options().withWeightBits(bits));
            }
            for (CalibrationMethod method : rest(choices.methods())) {
                attempt(best, least.equalized(), least.options().withMethod(method));
            }
            for (boolean equalized : rest(choices.equalized())) {
                attempt(calibrated(equalized), equalized, least.options());
            }
            for (Rounding rounding : rest(choices.roundings())) {
                attempt(best, least.equalized(), least.options().withRounding(rounding));
            }
            return new Int8Tuning(best, least.equalized(), least.options(), tried);
        }

        private static <T> List<T> rest(List<T> all) {
            return all.subList(1, all.size());
        }

        private Int8 calibrated(boolean equalized) {
            return Int8.calibrated(network, shapes, items, equalized);
        }

        private void attempt(Int8 int8, boolean equalized, Int8Options options) {
            Tried now = measured(int8, equalized, options);
            if (now.signalToNoise() > least.signalToNoise() + MARGIN) {
                best = int8;
                least = now;
            }
        }

        private Tried measured(Int8 int8, boolean equalized, Int8Options options) {
            double noise = reference.difference(int8.quantized(options, wanted)).signalToNoise();
            Tried one = new Tried(equalized, options, noise);
            tried.add(one);
            done.run();
            return one;
        }
    }
}
