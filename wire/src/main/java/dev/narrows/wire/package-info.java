/**
 * The Open Inference Protocol v2 with Narrows' parameters, as values and as REST bodies. Android-safe.
 */
@NullMarked
package dev.narrows.wire;

import org.jspecify.annotations.NullMarked;
