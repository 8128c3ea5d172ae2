/** Small architectures as ONNX networks, by width and depth, with seeded weights. */
@NullMarked
package dev.narrows.zoo;

import org.jspecify.annotations.NullMarked;
