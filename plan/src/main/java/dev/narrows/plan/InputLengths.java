package dev.narrows.plan;

import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Dim;
import dev.narrows.graph.Network;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How long the axes of a network's inputs are for a given number of items. A free axis 0 counts items, and so does every
 * axis of the same name; other free axes must be given.
 */
final class InputLengths {

    private final Network network;
    private final Map<String, List<Long>> given;
    private final Optional<String> batchSymbol;
    private final Set<String> batched = new LinkedHashSet<>();

    /** @param given the lengths of inputs by name; -1 for an axis that is not given */
    InputLengths(Network network, Map<String, List<Long>> given) {
        this.network = network;
        this.given = Map.copyOf(given);
        for (String name : given.keySet()) {
            if (network.inputs().stream().noneMatch(input -> input.name().equals(name))) {
                throw new InvalidException("input: \"" + name + "\" (expected: one of "
                        + network.inputs().stream().map(ValueInfo::name).toList() + ")");
            }
        }
        this.batchSymbol = network.inputs().stream()
                .map(this::dims)
                .filter(dims -> !dims.isEmpty() && dims.get(0) instanceof Dim.Symbol)
                .map(dims -> ((Dim.Symbol) dims.get(0)).name())
                .findFirst();
        network.inputs().stream().filter(this::isBatched).map(ValueInfo::name).forEach(batched::add);
    }

    /** Refuses given lengths that do not fit the file's. */
    void checkGiven() {
        network.inputs().stream()
                .filter(input -> given.containsKey(input.name()))
                .forEach(this::dims);
    }

    /**
     * Whether a run with two items can tell what the batch is: not if an unnamed axis elsewhere, given as 1, may be the
     * batch as well.
     */
    boolean canBeTwo() {
        if (batched.isEmpty()) {
            return false;
        }
        for (ValueInfo input : network.inputs()) {
            List<Dim> dims = dims(input);
            for (int axis = 1; axis < dims.size(); axis++) {
                if (dims.get(axis) instanceof Dim.Unknown && givenLength(input, axis) == 1) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether an input looks the same for one item and for two. */
    boolean sameForTwo(String input) {
        return specs(1).stream()
                .filter(spec -> spec.name().equals(input))
                .toList()
                .equals(specs(2).stream()
                        .filter(spec -> spec.name().equals(input))
                        .toList());
    }

    /** The inputs whose axis 0 counts items. */
    Set<String> batched() {
        return batched;
    }

    private boolean isBatched(ValueInfo input) {
        List<Dim> dims = dims(input);
        if (dims.isEmpty() || dims.get(0) instanceof Dim.Known) {
            return false;
        }
        return dims.get(0) instanceof Dim.Unknown || isBatch(dims.get(0));
    }

    private boolean isBatch(Dim dim) {
        return dim instanceof Dim.Symbol symbol
                && batchSymbol.isPresent()
                && batchSymbol.get().equals(symbol.name());
    }

    /** What each input looks like for {@code items} items. */
    List<TensorSpec> specs(long items) {
        Map<String, Long> symbols = givenSymbols();
        List<TensorSpec> specs = new ArrayList<>();
        for (ValueInfo input : network.inputs()) {
            List<Dim> dims = dims(input);
            List<Long> lengths = new ArrayList<>();
            for (int axis = 0; axis < dims.size(); axis++) {
                lengths.add(length(input, axis, dims, items, symbols));
            }
            specs.add(new TensorSpec(input.name(), Elements.dtype(type(input).element()), lengths));
        }
        return specs;
    }

    private long length(ValueInfo input, int axis, List<Dim> dims, long items, Map<String, Long> symbols) {
        Dim dim = dims.get(axis);
        if (dim instanceof Dim.Known known) {
            return known.length();
        }
        if ((axis == 0 && batched.contains(input.name())) || isBatch(dim)) {
            return items;
        }
        long own = givenLength(input, axis);
        if (own >= 0) {
            return own;
        }
        if (dim instanceof Dim.Symbol symbol && symbols.containsKey(symbol.name())) {
            return symbols.get(symbol.name());
        }
        String name = dim instanceof Dim.Symbol symbol ? " \"" + symbol.name() + "\"" : "";
        throw new InvalidException("length of axis " + axis + name + ": free (expected: a number, as in --shape "
                + input.name() + "=" + example(dims) + "), input \"" + input.name() + "\"");
    }

    private String example(List<Dim> dims) {
        List<String> lengths = new ArrayList<>();
        for (int axis = 0; axis < dims.size(); axis++) {
            lengths.add(
                    dims.get(axis) instanceof Dim.Known known
                            ? String.valueOf(known.length())
                            : axis == 0 || isBatch(dims.get(axis)) ? "1" : "?");
        }
        return String.join(",", lengths);
    }

    private Map<String, Long> givenSymbols() {
        Map<String, Long> symbols = new HashMap<>();
        for (ValueInfo input : network.inputs()) {
            List<Dim> dims = dims(input);
            for (int axis = 0; axis < dims.size(); axis++) {
                if (dims.get(axis) instanceof Dim.Symbol symbol && givenLength(input, axis) >= 0) {
                    symbols.put(symbol.name(), givenLength(input, axis));
                }
            }
        }
        return symbols;
    }

    private long givenLength(ValueInfo input, int axis) {
        List<Long> lengths = given.get(input.name());
        return lengths == null ? -1 : lengths.get(axis);
    }

    /** The axes that the file gives; those of unknown rank as the caller gave them. */
    private List<Dim> dims(ValueInfo input) {
        Optional<List<Dim>> declared = type(input).shape();
        List<Long> lengths = given.get(input.name());
        if (lengths == null) {
            return declared.orElseThrow(
                    () -> new InvalidException("shape: unknown (expected: its lengths, as in --shape " + input.name()
                            + "=1,…), input \"" + input.name() + "\""));
        }
        if (declared.isEmpty()) {
            return lengths.stream().map(Dim::of).toList();
        }
        List<Dim> dims = declared.get();
        boolean fits = lengths.size() == dims.size();
        for (int axis = 0; fits && axis < dims.size(); axis++) {
            fits = lengths.get(axis) < 0
                    || !(dims.get(axis) instanceof Dim.Known known)
                    || known.length() == lengths.get(axis);
        }
        if (!fits) {
            throw new InvalidException("shape: " + lengths + " (expected: to fit "
                    + dims.stream().map(InputLengths::text).toList() + "), input \"" + input.name() + "\"");
        }
        return dims;
    }

    private static String text(Dim dim) {
        if (dim instanceof Dim.Known known) {
            return String.valueOf(known.length());
        }
        return dim instanceof Dim.Symbol symbol ? symbol.name() : "?";
    }

    private static TensorType type(ValueInfo input) {
        return input.type()
                .orElseThrow(() -> new UnsupportedException(
                        "input: \"" + input.name() + "\" is no tensor (expected: tensors only)"));
    }

    /** The network with the lengths for {@code items} items written into its inputs. */
    Network fixed(long items) {
        List<ValueInfo> inputs = new ArrayList<>();
        List<TensorSpec> specs = specs(items);
        for (int i = 0; i < specs.size(); i++) {
            ValueInfo input = network.inputs().get(i);
            List<Dim> dims = specs.get(i).shape().stream().map(Dim::of).toList();
            inputs.add(new ValueInfo(
                    input.name(),
                    Optional.of(TensorType.of(type(input).element(), dims)),
                    input.doc(),
                    input.encoded()));
        }
        return network.withInputs(inputs);
    }
}
