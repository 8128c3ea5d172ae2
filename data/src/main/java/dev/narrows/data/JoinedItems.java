package dev.narrows.data;

import dev.narrows.errors.IncompatibleException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Items of several modalities, each from a data set of its own. */
final class JoinedItems implements Dataset {

    private final List<Dataset> parts = new ArrayList<>();
    private final Kind.Several kind;
    private final Dataset first;

    /** @param byName in the order in which their values lie; one or more */
    JoinedItems(Map<String, Dataset> byName) {
        List<Modality> modalities = new ArrayList<>();
        int from = 0;
        for (Map.Entry<String, Dataset> part : byName.entrySet()) {
            Dataset data = part.getValue();
            Modality modality = new Modality(
                    part.getKey(),
                    data.kind(),
                    Arrays.stream(data.shape()).boxed().toList(),
                    from);
            from = Math.addExact(from, modality.length());
            modalities.add(modality);
            parts.add(data);
        }
        kind = new Kind.Several(modalities);
        first = parts.get(0);
        for (int i = 1; i < parts.size(); i++) {
            requireSameItems(modalities.get(0).name(), modalities.get(i).name(), parts.get(i));
        }
    }

    private void requireSameItems(String firstName, String name, Dataset other) {
        if (other.size() != first.size()) {
            throw new IncompatibleException("items: " + other.size() + " of modality \"" + name + "\" (expected: "
                    + first.size() + ", as of \"" + firstName + "\")");
        }
        boolean same = other.labels().isEmpty() || other.labels().size() == labels().size();
        for (int task = 0; same && task < other.labels().size(); task++) {
            Labels ours = labels().get(task);
            Labels theirs = other.labels().get(task);
            same = ours.classes().equals(theirs.classes()) && Arrays.equals(ours.of(), theirs.of());
        }
        if (!same) {
            throw new IncompatibleException("labels of modality \"" + name + "\" (expected: none, or the same as of \""
                    + firstName + "\", item by item)");
        }
    }

    @Override
    public int size() {
        return first.size();
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public long[] shape() {
        return new long[] {kind.length()};
    }

    @Override
    public float[] values(int index) {
        float[] values = new float[kind.length()];
        values(index, values);
        return values;
    }

    @Override
    public void values(int index, float[] into) {
        for (int i = 0; i < parts.size(); i++) {
            kind.modalities().get(i).put(parts.get(i).values(index), into);
        }
    }

    @Override
    public List<Labels> labels() {
        return first.labels();
    }

    @Override
    public Optional<String> group(int index) {
        return first.group(index);
    }
}
