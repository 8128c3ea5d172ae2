/** Data sets: items with labels, read from what the field stores them in, split, shuffled and batched. */
@NullMarked
package dev.narrows.data;

import org.jspecify.annotations.NullMarked;
