package dev.narrows.cli;

import picocli.CommandLine.Option;

/** The option for commands that put something new into a network that came trained. */
final class TrainedRate {

    @Option(
            names = "--trained-rate",
            paramLabel = "SHARE",
            description = "Of the learning rate, for the network's own weights; above 0, to 1 (default: "
                    + "${DEFAULT-VALUE}).")
    private double share = 0.2;

    /** @throws WrongUseException if it is no share */
    void check() {
        if (!(share > 0 && share <= 1)) {
            throw new WrongUseException("--trained-rate: " + share + " (expected: above 0, to 1)");
        }
    }

    double share() {
        return share;
    }
}
