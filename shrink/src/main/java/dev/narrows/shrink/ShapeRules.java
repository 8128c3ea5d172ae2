package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** What operators that move elements do to channels. */
final class ShapeRules {

    private ShapeRules() {}

    /** @return whether there is a rule for the operator */
    static boolean apply(ChannelGraph graph, int index, Node node) {
        Optional<Channels> channels = node.inputs().isEmpty()
                ? Optional.empty()
                : graph.of(node.inputs().get(0));
        switch (node.opType()) {
            case "Transpose" -> channels.ifPresent(own -> transpose(graph, node, own));
            case "Reshape", "Flatten", "Squeeze", "Unsqueeze" ->
                channels.ifPresent(own -> reshape(graph, index, node, own));
            case "Slice" -> channels.ifPresent(own -> slice(graph, index, node, own));
            case "Split" -> channels.ifPresent(own -> split(graph, index, node, own));
            case "Pad" -> channels.ifPresent(own -> pad(graph, node, own));
            case "Resize", "Upsample" -> channels.ifPresent(own -> resize(graph, index, node, own));
            case "Shape" -> {
                // Lengths that depend on the channels would be other ones; of other axes they are the same.
                channels.ifPresent(own -> shape(graph, node, own));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Lengths of other axes alone may be asked for; what else is made of a shape nobody can tell. */
    private static void shape(ChannelGraph graph, Node node, Channels own) {
        String output = node.outputs().get(0);
        int rank = graph.dims(node.inputs().get(0)).size();
        boolean answer =
                graph.network().outputs().stream().anyMatch(info -> info.name().equals(output));
        boolean plain = node.intAttribute("start", 0) == 0;
        boolean others = graph.network().nodes().stream()
                .filter(user -> user.uses().contains(output))
                .allMatch(user -> user.is("Gather")
                        && user.inputs().get(0).equals(output)
                        && ChannelRules.integers(graph, user.inputs().get(1))
                                .filter(places -> places.stream()
                                        .allMatch(place -> place != own.axis() && place + rank != own.axis()))
                                .isPresent());
        if (answer || !plain || !others) {
            graph.freeze(node.inputs().get(0));
        }
    }

    private static void transpose(ChannelGraph graph, Node node, Channels own) {
        int rank = graph.dims(node.inputs().get(0)).size();
        List<Long> order = node.intsAttribute("perm")
                .orElseGet(() -> IntStream.range(0, rank)
                        .mapToObj(axis -> (long) rank - 1 - axis)
                        .toList());
        graph.put(node.outputs().get(0), own.at(order.indexOf((long) own.axis())));
    }

    /**
     * The same elements under other axes. Around the channels' axis the smallest runs of axes with equal products are
     * found; of the new ones, that becomes the channels' axis which joins fewest of them.
     */
    private static void reshape(ChannelGraph graph, int index, Node node, Channels own) {
        String input = node.inputs().get(0);
        String output = node.outputs().get(0);
        List<Long> before = graph.dims(input);
        List<Long> after = graph.dims(output);
        Optional<Channels> moved = after.isEmpty() ? Optional.empty() : reshaped(graph, before, after, own);
        boolean asked = node.is("Reshape") && node.inputs().size() > 1;
        // without axes it would leave out the channels' too, if one is left
        boolean any = node.is("Squeeze")
                && node.inputs().size() < 2
                && node.intsAttribute("axes").isEmpty();
        Optional<List<Long>> wanted =
                asked ? ChannelRules.integers(graph, node.inputs().get(1)) : node.intsAttribute("shape");
        if (moved.isEmpty() || any || (asked && wanted.isEmpty())) {
            graph.freeze(input);
            return;
        }
        graph.put(output, moved.get());
        if (asked) {
            int axis = moved.get().axis();
            long length = wanted.get().get(axis);
            if (length > 0) {
                graph.edit(removal -> {
                    List<Long> lengths = new ArrayList<>(wanted.get());
                    lengths.set(axis, (long) removal.kept(moved.get().ids()).length);
                    if (!lengths.equals(wanted.get())) {
                        removal.integers(index, 1, lengths);
                    }
                });
            }
        }
    }

    private static Optional<Channels> reshaped(ChannelGraph graph, List<Long> before, List<Long> after, Channels own) {
        int from = 0;
        int to = 0;
        while (from < before.size() && to < after.size()) {
            int firstFrom = from;
            int firstTo = to;
            long left = before.get(from++);
            long right = after.get(to++);
            while (left != right) {
                if (left < right) {
                    if (from == before.size()) {
                        return Optional.empty();
                    }
                    left *= before.get(from++);
                } else {
                    if (to == after.size()) {
                        return Optional.empty();
                    }
                    right *= after.get(to++);
                }
            }
            if (own.axis() >= firstFrom && own.axis() < from) {
                return Optional.of(block(
                        graph,
                        before.subList(firstFrom, from),
                        own.axis() - firstFrom,
                        after.subList(firstTo, to),
                        firstTo,
                        own.ids()));
            }
        }
        return Optional.empty();
    }

    /** Within a run of axes: the id of each element by its place, then the new axis that joins fewest. */
    private static Channels block(
            ChannelGraph graph, List<Long> before, int axis, List<Long> after, int offset, int[] ids) {
        int[] lengths = before.stream().mapToInt(Math::toIntExact).toArray();
        int size = Arrays.stream(lengths).reduce(1, (a, b) -> a * b);
        int inner = inner(lengths, axis);
        int[] byPlace = new int[size];
        for (int place = 0; place < size; place++) {
            byPlace[place] = ids[place / inner % lengths[axis]];
        }
        int[] now = after.stream().mapToInt(Math::toIntExact).toArray();
        int best = 0;
        int most = -1;
        for (int candidate = 0; candidate < now.length; candidate++) {
            int classes = distinctAfter(graph, byPlace, now, candidate);
            if (classes > most) {
                most = classes;
                best = candidate;
            }
        }
        int within = inner(now, best);
        int[] firsts = new int[now[best]];
        Arrays.fill(firsts, -1);
        for (int place = 0; place < size; place++) {
            int at = place / within % now[best];
            if (firsts[at] < 0) {
                firsts[at] = byPlace[place];
            } else {
                graph.classes().join(firsts[at], byPlace[place]);
            }
        }
        return new Channels(offset + best, firsts);
    }

    /** How many classes would be left if all at the same place of an axis were joined. */
    private static int distinctAfter(ChannelGraph graph, int[] byPlace, int[] lengths, int axis) {
        int inner = inner(lengths, axis);
        Classes joined = new Classes();
        Map<Integer, Integer> known = new HashMap<>();
        int[] firsts = new int[lengths[axis]];
        Arrays.fill(firsts, -1);
        for (int place = 0; place < byPlace.length; place++) {
            int own = known.computeIfAbsent(graph.classes().of(byPlace[place]), key -> joined.add());
            int at = place / inner % lengths[axis];
            if (firsts[at] < 0) {
                firsts[at] = own;
            } else {
                joined.join(firsts[at], own);
            }
        }
        Set<Integer> distinct = new HashSet<>();
        known.values().forEach(id -> distinct.add(joined.of(id)));
        return distinct.size();
    }

    private static int inner(int[] lengths, int axis) {
        int inner = 1;
        for (int i = axis + 1; i < lengths.length; i++) {
            inner *= lengths[i];
        }
        return inner;
    }

    private static void slice(ChannelGraph graph, int index, Node node, Channels own) {
        Optional<List<Long>> starts = ends(graph, node, "starts", 1);
        Optional<List<Long>> ends = ends(graph, node, "ends", 2);
        Optional<List<Long>> axes = ends(graph, node, "axes", 3);
        Optional<List<Long>> steps = ends(graph, node, "steps", 4);
        boolean known = starts.isPresent()
                && ends.isPresent()
                && (node.inputs().size() < 4 || axes.isPresent())
                && (node.inputs().size() < 5 || steps.isPresent());
        int rank = graph.dims(node.inputs().get(0)).size();
        if (!known) {
            graph.freeze(node.inputs().get(0));
            return;
        }
        List<Long> along = axes.orElseGet(() -> IntStream.range(0, starts.get().size())
                .mapToObj(axis -> (long) axis)
                .toList());
        int entry = -1;
        for (int i = 0; i < along.size(); i++) {
            long axis = along.get(i) < 0 ? along.get(i) + rank : along.get(i);
            entry = axis == own.axis() ? i : entry;
        }
        if (entry < 0) {
            graph.put(node.outputs().get(0), own);
            return;
        }
        int length = own.ids().length;
        int at = entry;
        int from = clamp(starts.get().get(at), length);
        int to = clamp(ends.get().get(at), length);
        boolean plain = steps.isEmpty() || steps.get().get(at) == 1;
        if (!plain || from >= to || node.inputs().size() < 3) {
            graph.freeze(node.inputs().get(0));
            graph.put(
                    node.outputs().get(0),
                    new Channels(
                            own.axis(),
                            ChannelGraph.frozen(
                                    graph.dims(node.outputs().get(0)).get(own.axis()))));
            return;
        }
        int[] part = Arrays.copyOfRange(own.ids(), from, to);
        graph.needOneOf(part);
        graph.put(node.outputs().get(0), new Channels(own.axis(), part));
        graph.edit(removal -> {
            int first = removal.kept(Arrays.copyOf(own.ids(), from)).length;
            int last = removal.kept(Arrays.copyOf(own.ids(), to)).length;
            if (removal.kept(own.ids()).length < length) {
                List<Long> newStarts = new ArrayList<>(starts.get());
                newStarts.set(at, (long) first);
                List<Long> newEnds = new ArrayList<>(ends.get());
                newEnds.set(at, (long) last);
                removal.integers(index, 1, newStarts);
                removal.integers(index, 2, newEnds);
            }
        });
    }

    private static int clamp(long place, int length) {
        long own = place < 0 ? place + length : place;
        return (int) Math.max(0, Math.min(length, own));
    }

    /** A list that is an input since opset 10 and was an attribute before. */
    private static Optional<List<Long>> ends(ChannelGraph graph, Node node, String attribute, int input) {
        return node.inputs().size() > input
                ? ChannelRules.integers(graph, node.inputs().get(input))
                : node.intsAttribute(attribute);
    }

    private static void split(ChannelGraph graph, int index, Node node, Channels own) {
        int rank = graph.dims(node.inputs().get(0)).size();
        int axis = (int) node.intAttribute("axis", 0);
        if ((axis < 0 ? axis + rank : axis) != own.axis()) {
            node.outputs().forEach(output -> graph.put(output, own));
            return;
        }
        boolean asInput = graph.network().opset() >= 13;
        boolean explicit =
                asInput ? node.inputs().size() > 1 : node.intsAttribute("split").isPresent();
        if (asInput && !explicit) {
            graph.freeze(node.inputs().get(0)); // equal parts; there is no place to say otherwise
            return;
        }
        int from = 0;
        List<int[]> parts = new ArrayList<>();
        for (String output : node.outputs()) {
            int length = Math.toIntExact(graph.dims(output).get(own.axis()));
            int[] part = Arrays.copyOfRange(own.ids(), from, from + length);
            graph.put(output, new Channels(own.axis(), part));
            graph.needOneOf(part);
            parts.add(part);
            from += length;
        }
        graph.edit(removal -> {
            List<Long> lengths =
                    parts.stream().map(part -> (long) removal.kept(part).length).toList();
            if (removal.kept(own.ids()).length == own.ids().length) {
                return;
            }
            if (asInput) {
                removal.integers(index, 1, lengths);
            } else {
                removal.attribute(index, "split", new Attribute.Ints(lengths));
            }
        });
    }

    /** Of other axes alone. */
    private static void pad(ChannelGraph graph, Node node, Channels own) {
        int rank = graph.dims(node.inputs().get(0)).size();
        Optional<List<Long>> pads = ends(graph, node, "pads", 1);
        boolean all = node.inputs().size() < 4 || node.inputs().get(3).isEmpty(); // else of some axes, in any order
        boolean others = pads.isPresent()
                && all
                && pads.get().size() == 2 * rank
                && pads.get().get(own.axis()) == 0
                && pads.get().get(own.axis() + rank) == 0;
        if (others) {
            graph.put(node.outputs().get(0), own);
        } else {
            graph.freeze(node.inputs().get(0));
        }
    }

    /** Of other axes alone; a size that names the channels is named anew. */
    private static void resize(ChannelGraph graph, int index, Node node, Channels own) {
        long before = graph.dims(node.inputs().get(0)).get(own.axis());
        List<Long> after = graph.dims(node.outputs().get(0));
        boolean sized = node.is("Resize") && node.inputs().size() > 3;
        Optional<List<Long>> sizes =
                sized ? ChannelRules.integers(graph, node.inputs().get(3)) : Optional.empty();
        long axis = own.axis();
        boolean named = node.intsAttribute("axes")
                .filter(axes -> axes.contains(axis) || axes.contains(axis - after.size()))
                .isPresent();
        if (after.isEmpty() || after.get(own.axis()) != before || (sized && (sizes.isEmpty() || named))) {
            graph.freeze(node.inputs().get(0));
            return;
        }
        graph.put(node.outputs().get(0), own);
        if (sizes.isPresent() && sizes.get().size() == after.size()) {
            graph.edit(removal -> {
                int kept = removal.kept(own.ids()).length;
                if (kept < own.ids().length) {
                    List<Long> lengths = new ArrayList<>(sizes.get());
                    lengths.set(own.axis(), (long) kept);
                    removal.integers(index, 3, lengths);
                }
            });
        }
    }
}
