/**
 * A network as data: ONNX in and out, costs, cuts and segments. No native code, no I/O beyond streams.
 */
@NullMarked
package dev.narrows.graph;

import org.jspecify.annotations.NullMarked;
