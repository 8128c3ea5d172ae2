package dev.narrows.augment;

import java.util.Locale;

/** What is seen where an image ends. */
enum Fill {
    /** Black. */
    ZERO,
    /** The nearest pixel of the image. */
    EDGE;

    /** As in a spec. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
