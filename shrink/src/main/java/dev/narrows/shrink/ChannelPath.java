package dev.narrows.shrink;

import java.util.ArrayList;
import java.util.List;

/**
 * In which order channels go: from the set of layers that loses least for what it saves, again and again, as NetAdapt does
 * (Yang et al. 2018). There each proposal is made of the network as it is by then, taught and measured; here each set was
 * measured once, alone, and losses and savings are taken to add up.
 */
final class ChannelPath {

    /**
     * A set of layers with channels gone from it alone.
     *
     * @param kept channels
     * @param loss what it costs, 0 or more; infinite if the network is broken by it
     * @param gain what it saves, as a share of all
     */
    record Level(int kept, double loss, double gain) {}

    private ChannelPath() {}

    /**
     * The way from the untouched network to the smallest.
     *
     * @param sets for each the levels, the untouched one first, with fewer and fewer channels
     * @param points at most so many, at even distances in what is saved
     * @return for each point the channels kept of each set; each has no more of any set than the one before
     */
    static List<List<Integer>> of(List<List<Level>> sets, int points) {
        List<List<Integer>> moves = new ArrayList<>();
        List<Double> gains = new ArrayList<>();
        int[] at = new int[sets.size()];
        double gained = 0;
        while (true) {
            int set = -1;
            int to = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int s = 0; s < at.length; s++) {
                List<Level> levels = sets.get(s);
                Level now = levels.get(at[s]);
                for (int level = at[s] + 1; level < levels.size(); level++) {
                    double more = levels.get(level).gain() - now.gain();
                    double price = Math.max(0, levels.get(level).loss() - now.loss()) / more;
                    if (more > 0 && price < least) {
                        least = price;
                        set = s;
                        to = level;
                    }
                }
            }
            if (set < 0) {
                break;
            }
            gained += sets.get(set).get(to).gain() - sets.get(set).get(at[set]).gain();
            at[set] = to;
            moves.add(kept(sets, at));
            gains.add(gained);
        }
        List<List<Integer>> path = new ArrayList<>();
        int move = 0;
        for (int point = 1; point <= points && !moves.isEmpty(); point++) {
            while (move < moves.size() - 1 && gains.get(move) < gained * point / points) {
                move++;
            }
            if (path.isEmpty() || !path.get(path.size() - 1).equals(moves.get(move))) {
                path.add(moves.get(move));
            }
        }
        return path;
    }

    private static List<Integer> kept(List<List<Level>> sets, int[] at) {
        List<Integer> kept = new ArrayList<>();
        for (int s = 0; s < at.length; s++) {
            kept.add(sets.get(s).get(at[s]).kept());
        }
        return kept;
    }
}
