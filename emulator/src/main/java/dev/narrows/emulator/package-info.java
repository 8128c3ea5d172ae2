/**
 * A link between two processes on loopback with stated bandwidth, delay, loss and black-outs.
 */
@NullMarked
package dev.narrows.emulator;

import org.jspecify.annotations.NullMarked;
