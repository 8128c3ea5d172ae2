/**
 * Measurements of speed and size, each against a baseline in the same run. Never part of the tests.
 */
@NullMarked
package dev.narrows.benchmarks;

import org.jspecify.annotations.NullMarked;
