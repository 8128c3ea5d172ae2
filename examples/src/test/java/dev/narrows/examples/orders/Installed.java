package dev.narrows.examples.orders;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.narrows.errors.UnavailableException;

/** Skips tests where an engine is missing. */
final class Installed {

    private Installed() {}

    static void assume(Engine engine) {
        assumeTrue(has(engine), engine.program() + " is not installed");
    }

    private static boolean has(Engine engine) {
        try {
            return !Programs.version(engine).isEmpty();
        } catch (UnavailableException e) {
            return false;
        }
    }
}
