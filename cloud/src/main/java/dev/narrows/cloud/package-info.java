/**
 * The server tier: bundles and plain ONNX files behind the Open Inference Protocol, entered at any cut.
 */
@NullMarked
package dev.narrows.cloud;

import org.jspecify.annotations.NullMarked;
