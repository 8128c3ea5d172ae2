/**
 * Small programs that use Narrows as a product would.
 */
@NullMarked
package dev.narrows.examples;

import org.jspecify.annotations.NullMarked;
