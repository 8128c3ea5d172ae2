/**
 * A network running: tensors, sessions and chains of segments on ONNX Runtime. Knows nothing of graphs.
 */
@NullMarked
package dev.narrows.engine;

import org.jspecify.annotations.NullMarked;
