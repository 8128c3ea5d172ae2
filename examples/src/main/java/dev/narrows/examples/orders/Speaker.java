package dev.narrows.examples.orders;

/**
 * Who speaks.
 *
 * @param voice as the engine names it: accent and variant for espeak-ng, such as {@code en-US+Annie}
 */
record Speaker(Engine engine, String voice) {

    /** As manifests have it, such as {@code espeak-ng:en-US+Annie}. */
    String name() {
        return engine.program() + ":" + voice;
    }
}
