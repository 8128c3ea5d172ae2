/**
 * The narrows command.
 */
@NullMarked
package dev.narrows.cli;

import org.jspecify.annotations.NullMarked;
