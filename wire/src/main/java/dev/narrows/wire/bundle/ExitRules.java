package dev.narrows.wire.bundle;

import static dev.narrows.wire.bundle.ManifestRules.require;

import dev.narrows.errors.InvalidException;
import dev.narrows.wire.bundle.Manifest.Cut;
import dev.narrows.wire.bundle.Manifest.Exit;
import dev.narrows.wire.bundle.Manifest.Segment;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What must hold for the exits of a manifest. */
final class ExitRules {

    /** Shares are sums of fractions: so much may they be beyond 1. */
    private static final double ROUNDING = 1e-9;

    private ExitRules() {}

    static void check(List<Cut> cuts, List<Segment> segments, List<Exit> exits) {
        Set<String> files = new HashSet<>();
        segments.forEach(segment -> files.add(segment.file().toLowerCase(Locale.ROOT)));
        int before = -1;
        double covered = 0;
        for (Exit exit : exits) {
            String at = "exit at " + exit.cut();
            int cut = cutIndex(cuts, exit.cut());
            require(cut > before, at, "behind one at the same or a later cut", "one a cut, in the cuts' order");
            before = cut;
            ManifestRules.requirePath(exit.file());
            require(!ManifestRules.RESERVED.contains(exit.file()), "exit's file", exit.file(), "another name");
            require(
                    files.add(exit.file().toLowerCase(Locale.ROOT)),
                    "exit's file",
                    exit.file() + " twice",
                    "a file of its own");
            checkFigures(exit, at);
            covered += exit.coverage();
            require(covered <= 1 + ROUNDING, "coverage up to the " + at, covered, "at most 1");
        }
    }

    private static void checkFigures(Exit exit, String at) {
        Softmax.requireTemperature(exit.temperature());
        require(exit.parameters() >= 0, "parameters of the " + at, exit.parameters(), "0 or more");
        require(exit.macs() >= 0, "MACs of the " + at, exit.macs(), "0 or more");
        require(exit.items() >= 0, "items of the " + at, exit.items(), "0 or more");
        requireShare(exit.coverage(), "coverage of the " + at);
        requireShare(exit.agreement(), "agreement of the " + at);
        exit.heldOut().ifPresent(heldOut -> {
            require(heldOut.items() >= 0, "held-out items of the " + at, heldOut.items(), "0 or more");
            requireShare(heldOut.coverage(), "held-out coverage of the " + at);
            requireShare(heldOut.accuracy(), "held-out accuracy of the " + at);
            requireShare(heldOut.calibrationErrorBefore(), "calibration error before of the " + at);
            requireShare(heldOut.calibrationErrorAfter(), "calibration error after of the " + at);
        });
    }

    private static int cutIndex(List<Cut> cuts, String name) {
        for (int index = 0; index < cuts.size() - 1; index++) {
            if (cuts.get(index).name().equals(name)) {
                return index;
            }
        }
        StringBuilder known = new StringBuilder();
        cuts.subList(0, cuts.size() - 1)
                .forEach(cut -> known.append(known.length() == 0 ? "" : ", ").append(cut.name()));
        throw new InvalidException(
                "exit at cut: \"" + name + "\" (expected: a cut but the last: " + known + "), manifest");
    }

    private static void requireShare(double value, String what) {
        require(value >= 0 && value <= 1, what, value, "0 to 1");
    }
}
