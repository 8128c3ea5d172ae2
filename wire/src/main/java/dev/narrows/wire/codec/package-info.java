/**
 * How the tensors of a cut cross a link: raw, half precision, or quantised and entropy coded over integer tables.
 */
@NullMarked
package dev.narrows.wire.codec;

import org.jspecify.annotations.NullMarked;
