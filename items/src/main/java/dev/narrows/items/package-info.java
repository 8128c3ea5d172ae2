/**
 * Files (WAV, PNG, JPEG, npy) read into item tensors, as a bundle's pre-processing says.
 */
@NullMarked
package dev.narrows.items;

import org.jspecify.annotations.NullMarked;
