package dev.narrows.shrink;

import java.util.Comparator;
import java.util.List;

/** The trials that no other betters: as fast, as small and as accurate at once, and more of one. */
final class Frontier {

    private Frontier() {}

    /** Those of {@code trials}, the fastest first; of equal ones the first. */
    static List<Trial> of(List<Trial> trials, Tier tier) {
        return trials.stream()
                .filter(trial -> trials.stream().noneMatch(other -> betters(other, trial, tier, trials)))
                .sorted(Comparator.comparingDouble(tier::millis))
                .toList();
    }

    private static boolean betters(Trial other, Trial trial, Tier tier, List<Trial> order) {
        double faster = tier.millis(trial) - tier.millis(other);
        long smaller = trial.fileBytes() - other.fileBytes();
        double better = other.accuracy() - trial.accuracy();
        if (faster < 0 || smaller < 0 || better < 0) {
            return false;
        }
        boolean same = faster == 0 && smaller == 0 && better == 0;
        return !same || order.indexOf(other) < order.indexOf(trial);
    }
}
