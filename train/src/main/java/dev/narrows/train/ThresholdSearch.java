package dev.narrows.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds the thresholds of the gates of several exits that compute least among those that lose no more accuracy than allowed.
 * Candidates are up to {@value #QUANTILES} quantiles of each exit's sureness, and never. Exact over the candidates for one
 * and two exits; for more, one threshold after the other is made the best beside the rest, beginning with the best of each
 * pair of exits.
 */
final class ThresholdSearch {

    /* design
     * A threshold is an index q into its exit's ascending candidates; an item passes if it is at or above the candidate,
     * that is if position > q, where position counts the candidates at or below the item's sureness. "Never" is the index
     * behind the last, which no position exceeds. With all thresholds but one fixed, an item has two outcomes: the exit
     * answers, or it goes on. The differences, summed by position and then from above, give loss and work for every
     * candidate in one pass over the items: O(items + candidates).
     */

    private static final int QUANTILES = 200;
    private static final int MOST_ROUNDS = 20;

    /** Thresholds with what they cost: loss of accuracy and work, sums over the items. */
    private record Point(int[] thresholds, long loss, double macs) {}

    private final ExitAnswers answers;
    private final double[][] candidates; // by exit, ascending
    private final int[][] positions; // (exits, items)
    private final List<Point> starts; // the best that lose no more, the least loss first

    /** @param gates whose thresholds do not matter */
    ThresholdSearch(ExitAnswers answers, ChosenGates gates) {
        this.answers = answers;
        double[][] sureness = gates.sureness(answers);
        candidates = new double[answers.exits()][];
        positions = new int[answers.exits()][];
        for (int exit = 0; exit < sureness.length; exit++) {
            candidates[exit] = candidates(sureness[exit]);
            positions[exit] = positions(sureness[exit], candidates[exit]);
        }
        starts = front(starts());
    }

    /** Between neighbours, so that rounding elsewhere changes no decision on these items. */
    private static double[] candidates(double[] sureness) {
        double[] sorted = sureness.clone();
        Arrays.sort(sorted);
        List<Double> chosen = new ArrayList<>(List.of(0.0)); // always
        for (int q = 1; q < QUANTILES; q++) {
            int at = (int) ((long) q * sorted.length / QUANTILES);
            if (at > 0 && sorted[at] > sorted[at - 1]) {
                double between = (sorted[at - 1] + sorted[at]) / 2;
                if (between > chosen.get(chosen.size() - 1)) {
                    chosen.add(between);
                }
            }
        }
        return chosen.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static int[] positions(double[] sureness, double[] candidates) {
        int[] positions = new int[sureness.length];
        for (int item = 0; item < positions.length; item++) {
            int found = Arrays.binarySearch(candidates, sureness[item]);
            positions[item] = found >= 0 ? found + 1 : -found - 1;
        }
        return positions;
    }

    /**
     * The thresholds.
     *
     * @param allowed loss of accuracy against the network as it was, a share
     * @return by exit; empty if even without exits more is lost
     */
    Optional<List<Double>> best(double allowed) {
        long most = (long) Math.floor(allowed * answers.size() + 1e-9);
        Optional<Point> start =
                starts.stream().filter(point -> point.loss() <= most).min(Comparator.comparingDouble(Point::macs));
        return start.map(point -> answers.exits() > 2 ? descended(point, most) : point)
                .map(point -> thresholds(point.thresholds()));
    }

    private List<Double> thresholds(int[] chosen) {
        List<Double> values = new ArrayList<>();
        for (int exit = 0; exit < chosen.length; exit++) {
            values.add(chosen[exit] < candidates[exit].length ? candidates[exit][chosen[exit]] : ChosenGates.NEVER);
        }
        return values;
    }

    private Point descended(Point start, long most) {
        Point best = start;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Point before = best;
            for (int exit = 0; exit < answers.exits(); exit++) {
                for (Point point : along(best.thresholds(), exit)) {
                    if (point.loss() <= most && point.macs() < best.macs()) {
                        best = point;
                    }
                }
            }
            if (best == before) {
                break;
            }
        }
        return best;
    }

    /** All thresholds of one exit, or of each pair of exits, the others closed. */
    private List<Point> starts() {
        int[] closed = Arrays.stream(candidates).mapToInt(each -> each.length).toArray();
        if (answers.exits() == 1) {
            return along(closed, 0);
        }
        List<Point> points = new ArrayList<>();
        for (int first = 0; first < answers.exits(); first++) {
            for (int second = first + 1; second < answers.exits(); second++) {
                for (int q = 0; q <= candidates[first].length; q++) {
                    int[] thresholds = closed.clone();
                    thresholds[first] = q;
                    points.addAll(along(thresholds, second));
                }
            }
        }
        return points;
    }

    /** Those of which none has less loss and less work, with rising loss. */
    private static List<Point> front(List<Point> points) {
        List<Point> sorted = new ArrayList<>(points);
        sorted.sort(Comparator.comparingLong(Point::loss).thenComparingDouble(Point::macs));
        List<Point> front = new ArrayList<>();
        double least = Double.POSITIVE_INFINITY;
        for (Point point : sorted) {
            if (point.macs() < least) {
                front.add(point);
                least = point.macs();
            }
        }
        return front;
    }

    /** All thresholds of one exit beside given ones of the others. */
    private List<Point> along(int[] thresholds, int exit) {
        int count = candidates[exit].length;
        long[] losses = new long[count + 1]; // by position: what the exit's answers change
        double[] works = new double[count + 1];
        long loss = 0;
        double macs = 0; // without this exit's head
        long reached = 0;
        int[] others = thresholds.clone();
        others[exit] = count;
        for (int item = 0; item < answers.size(); item++) {
            int end = end(others, item);
            long lostThen = lost(end, item);
            double workThen = work(others, end);
            loss += lostThen;
            macs += workThen;
            if (end > exit) {
                reached++;
                losses[positions[exit][item]] += lost(exit, item) - lostThen;
                works[positions[exit][item]] += work(others, exit) - workThen;
            }
        }
        List<Point> points = new ArrayList<>();
        points.add(new Point(others, loss, macs));
        macs += reached * answers.costs().heads().get(exit);
        for (int q = count - 1; q >= 0; q--) {
            loss += losses[q + 1];
            macs += works[q + 1];
            int[] chosen = thresholds.clone();
            chosen[exit] = q;
            points.add(new Point(chosen, loss, macs));
        }
        return points;
    }

    /** The exit that answers, or the number of exits. */
    private int end(int[] thresholds, int item) {
        int exit = 0;
        while (exit < thresholds.length && positions[exit][item] <= thresholds[exit]) {
            exit++;
        }
        return exit;
    }

    private long lost(int end, int item) {
        boolean right = end < answers.exits() ? answers.right().get(end)[item] : answers.last()[item];
        return (answers.original()[item] ? 1 : 0) - (right ? 1 : 0);
    }

    /** The trunk up to where the item ends, and the heads of the exits up to there that are in use. */
    private double work(int[] thresholds, int end) {
        ExitCosts costs = answers.costs();
        double macs = end < answers.exits() ? costs.reach().get(end) : costs.trunk();
        for (int exit = 0; exit <= Math.min(end, answers.exits() - 1); exit++) {
            macs += thresholds[exit] < candidates[exit].length ? costs.heads().get(exit) : 0;
        }
        return macs;
    }
}
