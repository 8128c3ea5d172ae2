package dev.narrows.train;

import dev.narrows.errors.InvalidException;

/**
 * An optimiser and its settings.
 *
 * @param rate the largest learning rate, above 0
 * @param momentum of SGD, 0 to below 1
 * @param decay weight decay: of SGD and Adam added to the gradient, of AdamW taken off the weight (I. Loshchilov, F.
 *     Hutter, 2019)
 * @param decayAll whether biases and what normalises (weights of one axis) decay too
 */
public record OptimizerChoice(
        Kind kind, double rate, double momentum, boolean nesterov, double decay, boolean decayAll) {

    /** What a training uses that is not told. */
    public static final OptimizerChoice DEFAULT = new OptimizerChoice(Kind.ADAMW, 2e-3, 0, false, 0.01, false);

    /** For {@code --help}. */
    public static final String HELP = "sgd[:rate=0.1,momentum=0.9,nesterov,decay=0.0005], adam[:rate=0.001,decay=0], "
            + "adamw[:rate=0.002,decay=0.01]; decay-all lets biases decay too";

    /** Which method. */
    public enum Kind {
        /** Stochastic gradient descent with momentum, by Nesterov's form or plain. */
        SGD,
        /** D. Kingma, J. Ba: Adam, 2015. */
        ADAM,
        /** Adam with decoupled weight decay. */
        ADAMW
    }

    public OptimizerChoice {
        Range.require("rate", rate, 1e-9, 100);
        Range.require("momentum", momentum, 0, 0.9999);
        Range.require("decay", decay, 0, 1);
        if (nesterov && momentum == 0) {
            throw new InvalidException("nesterov: with momentum " + momentum + " (expected: above 0)");
        }
    }

    /** The same optimiser with another learning rate. */
    public OptimizerChoice withRate(double newRate) {
        return new OptimizerChoice(kind, newRate, momentum, nesterov, decay, decayAll);
    }

    /** @throws dev.narrows.errors.InvalidException if there is no such optimiser, or it has no such setting */
    public static OptimizerChoice parse(String text) {
        Words words = Words.parse("optimiser", text);
        return switch (words.name()) {
            case "sgd" -> {
                words.only("rate", "momentum", "nesterov", "decay", "decay-all");
                yield new OptimizerChoice(
                        Kind.SGD,
                        words.number("rate", 0.1),
                        words.number("momentum", 0.9),
                        words.flag("nesterov", false),
                        words.number("decay", 5e-4),
                        words.flag("decay-all", false));
            }
            case "adam" -> {
                words.only("rate", "decay", "decay-all");
                yield new OptimizerChoice(
                        Kind.ADAM,
                        words.number("rate", 1e-3),
                        0,
                        false,
                        words.number("decay", 0),
                        words.flag("decay-all", false));
            }
            case "adamw" -> {
                words.only("rate", "decay", "decay-all");
                yield new OptimizerChoice(
                        Kind.ADAMW,
                        words.number("rate", 2e-3),
                        0,
                        false,
                        words.number("decay", 0.01),
                        words.flag("decay-all", false));
            }
            default -> throw words.unknown("sgd", "adam", "adamw");
        };
    }
}
