package dev.narrows.shrink;

import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * Values that nothing reads but a function that is flat at an end: Sigmoid and its product with the value (SiLU,
 * Ramachandran et al. 2017), their hard forms, and Tanh. How far such a value reaches there does not matter, so that
 * its grid need not.
 */
final class SaturatingReaders {

    private SaturatingReaders() {}

    /** The function behind each such value, by the value's name. */
    static Map<String, DoubleUnaryOperator> of(Network network, Shapes shapes) {
        Patch wiring = Patch.of(network, shapes);
        Map<String, DoubleUnaryOperator> found = new HashMap<>();
        for (int index = 0; index < network.nodes().size(); index++) {
            Optional<DoubleUnaryOperator> function = function(network.nodes().get(index));
            if (function.isPresent()) {
                String value = network.nodes().get(index).inputs().get(0);
                behind(wiring, index, value, function.get()).ifPresent(whole -> found.put(value, whole));
            }
        }
        return found;
    }

    private static Optional<DoubleUnaryOperator> behind(
            Patch wiring, int gate, String value, DoubleUnaryOperator function) {
        if (wiring.isOnlyRead(value)) {
            return Optional.of(function);
        }
        String gated = wiring.network().nodes().get(gate).outputs().get(0);
        List<Integer> others = new ArrayList<>(wiring.users(value));
        others.remove((Integer) gate);
        boolean product = others.size() == 1
                && wiring.isOnlyRead(gated)
                && wiring.users(gated).equals(others)
                && wiring.network().nodes().get(others.get(0)).is("Mul")
                && wiring.network().outputs().stream()
                        .noneMatch(output -> output.name().equals(value));
        return product ? Optional.of(x -> x * function.applyAsDouble(x)) : Optional.empty();
    }

    private static Optional<DoubleUnaryOperator> function(Node node) {
        if (node.is("Sigmoid")) {
            return Optional.of(x -> 1 / (1 + Math.exp(-x)));
        }
        if (node.is("Tanh")) {
            return Optional.of(Math::tanh);
        }
        if (node.is("HardSigmoid")) {
            float alpha = node.floatAttribute("alpha", 0.2f);
            float beta = node.floatAttribute("beta", 0.5f);
            return Optional.of(x -> Math.max(0, Math.min(1, alpha * x + beta)));
        }
        if (node.is("HardSwish")) {
            return Optional.of(x -> x * Math.max(0, Math.min(1, x / 6 + 0.5)));
        }
        return Optional.empty();
    }
}
