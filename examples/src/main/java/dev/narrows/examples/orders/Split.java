package dev.narrows.examples.orders;

import java.util.Locale;

/** The parts of the data set. No speaker is in two of them. */
enum Split {
    TRAIN,
    VALIDATION,
    TEST,
    /** A second test set, spoken by another engine than all the others. */
    FLITE;

    /** Its folder, and its name in manifests. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where the same clips lie with noise; test sets have one. */
    String noisyFolder() {
        return folder() + "-noisy";
    }

    /** What trains is stored clean alone, so that each epoch can add noise of its own. */
    boolean hasNoisy() {
        return this == TEST || this == FLITE;
    }

    Engine engine() {
        return this == FLITE ? Engine.FLITE : Engine.ESPEAK;
    }
}
