package dev.narrows.train;

import dev.narrows.errors.IncompatibleException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Inner values of a student that are to become like a teacher's (A. Romero et al.: FitNets, 2015); where the channels
 * differ, their maps of attention are (S. Zagoruyko, N. Komodakis: Paying more attention to attention, 2017). Larger maps
 * are averaged down to the smaller.
 */
final class Hints {

    private final Map<String, String> teacherOf;

    Hints(Map<String, String> teacherOf) {
        this.teacherOf = teacherOf;
    }

    List<String> students() {
        return List.copyOf(teacherOf.keySet());
    }

    List<String> teachers() {
        return List.copyOf(teacherOf.values());
    }

    Tensor loss(Map<String, Tensor> made, Map<String, Tensor> shown) {
        Tensor sum = Terms.zero();
        for (Map.Entry<String, String> pair : teacherOf.entrySet()) {
            Tensor ours = Terms.get(made, pair.getKey());
            Tensor theirs = Terms.get(shown, pair.getValue());
            sum = sum.add(match(pair.getKey(), ours, theirs));
        }
        return sum.mul(new Scalar(1.0 / teacherOf.size()));
    }

    private static Tensor match(String name, Tensor ours, Tensor theirs) {
        if (ours.dim() == 4 && theirs.dim() == 4) {
            long height = Math.min(ours.size(2), theirs.size(2));
            long width = Math.min(ours.size(3), theirs.size(3));
            Tensor small = torch.adaptive_avg_pool2d(ours, height, width);
            Tensor other = torch.adaptive_avg_pool2d(theirs, height, width);
            if (ours.size(1) == theirs.size(1)) {
                return Losses.featureMatching(small, other);
            }
            return Losses.featureMatching(attention(small), attention(other));
        }
        if (!Arrays.equals(ours.shape(), theirs.shape())) {
            throw new IncompatibleException("hint: " + Arrays.toString(theirs.shape()) + " (expected: "
                    + Arrays.toString(ours.shape()) + "), value \"" + name + "\"");
        }
        return Losses.featureMatching(ours, theirs);
    }

    /** Where a map's energy is, of length 1: it has no channels, so that any two maps can be compared. */
    private static Tensor attention(Tensor map) {
        Tensor energy = map.to(torch.ScalarType.Float).square().mean(1L);
        Tensor flat = energy.flatten(1, -1);
        return flat.div(
                flat.square().sum(1L).clamp_min(new Scalar(1e-12)).sqrt().unsqueeze(1));
    }
}
