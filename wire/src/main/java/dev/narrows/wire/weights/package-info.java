/**
 * Weights as they are downloaded: coded without loss, far smaller where they are pruned or shared. docs/compressed.md
 * gives every byte.
 */
@NullMarked
package dev.narrows.wire.weights;

import org.jspecify.annotations.NullMarked;
