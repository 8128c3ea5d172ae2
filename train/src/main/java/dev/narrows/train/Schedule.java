package dev.narrows.train;

/** The learning rate over a training, as a share of the largest. */
@FunctionalInterface
public interface Schedule {

    /** For {@code --help}. */
    String HELP = "cosine[:floor=0], one-cycle[:warm=0.3], step[:every=0.33,by=0.1], constant; all take warmup=0";

    /** The share at {@code progress}, 0 at the first step to 1 behind the last. */
    double at(double progress);

    /** The same share always. */
    static Schedule constant() {
        return progress -> 1;
    }

    /**
     * Half a cosine from 1 to {@code floor} (I. Loshchilov, F. Hutter: SGDR, 2017, without restarts).
     */
    static Schedule cosine(double floor) {
        Range.require("floor", floor, 0, 1);
        return progress -> floor + (1 - floor) * (1 + Math.cos(Math.PI * progress)) / 2;
    }

    /**
     * One cycle: a cosine up from 1/25 to 1, and one down to 1/10,000 of that (L. Smith, N. Topin: Super-convergence, 2019;
     * the defaults of PyTorch's OneCycleLR).
     *
     * @param warm the share of the training that goes up
     */
    static Schedule oneCycle(double warm) {
        Range.require("warm", warm, 0, 0.9);
        double start = 1.0 / 25;
        double end = start / 1e4;
        return progress -> progress < warm
                ? start + (1 - start) * (1 - Math.cos(Math.PI * progress / warm)) / 2
                : end + (1 - end) * (1 + Math.cos(Math.PI * (progress - warm) / (1 - warm))) / 2;
    }

    /**
     * Falls in steps.
     *
     * @param every the share of the training between two steps
     * @param by what the rate is multiplied by at each
     */
    static Schedule step(double every, double by) {
        Range.require("every", every, 1e-4, 1);
        Range.require("by", by, 1e-6, 1);
        return progress -> Math.pow(by, Math.floor(progress / every + 1e-9));
    }

    /** This schedule behind a linear rise over the first {@code share} of the training. */
    default Schedule warmedUp(double share) {
        Range.require("warmup", share, 0, 0.9);
        return progress -> progress < share ? at(progress) * progress / share : at(progress);
    }

    /** @throws dev.narrows.errors.InvalidException if there is no such schedule, or it has no such setting */
    static Schedule parse(String text) {
        Words words = Words.parse("schedule", text);
        Schedule schedule = switch (words.name()) {
            case "constant" -> {
                words.only("warmup");
                yield constant();
            }
            case "cosine" -> cosine(words.only("floor", "warmup").number("floor", 0));
            case "one-cycle" -> oneCycle(words.only("warm", "warmup").number("warm", 0.3));
            case "step" -> step(words.only("every", "by", "warmup").number("every", 0.33), words.number("by", 0.1));
            default -> throw words.unknown("cosine", "one-cycle", "step", "constant");
        };
        double warmup = words.number("warmup", 0);
        return warmup == 0 ? schedule : schedule.warmedUp(warmup);
    }
}
