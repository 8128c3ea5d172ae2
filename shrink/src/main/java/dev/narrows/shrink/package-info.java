/**
 * Networks made smaller and faster. Passes make patches, a network is only handed on when ONNX Runtime answers as before,
 * and what was gained is measured on the spot.
 */
@NullMarked
package dev.narrows.shrink;

import org.jspecify.annotations.NullMarked;
