/** Items disturbed as the world does it: augmentation for training, corruptions to measure robustness. Plain arrays in, plain arrays out. */
@NullMarked
package dev.narrows.augment;

import org.jspecify.annotations.NullMarked;
