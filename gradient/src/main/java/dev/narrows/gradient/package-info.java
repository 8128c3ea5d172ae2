/**
 * Networks as differentiable programs on libtorch: forward as ONNX Runtime computes them, backward by automatic
 * differentiation, and back into ONNX. Native code and native memory; for workshops, not for devices.
 */
@NullMarked
package dev.narrows.gradient;

import org.jspecify.annotations.NullMarked;
