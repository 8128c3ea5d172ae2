package dev.narrows.examples.orders;

/** A program that speaks. */
enum Engine {
    ESPEAK("espeak-ng"),
    FLITE("flite");

    private final String program;

    Engine(String program) {
        this.program = program;
    }

    /** The command's name, and the engine's in manifests. */
    String program() {
        return program;
    }
}
