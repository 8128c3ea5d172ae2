/**
 * Where graph and engine meet: shapes by the runtime, chain checks, calibration and packing of bundles.
 */
@NullMarked
package dev.narrows.plan;

import org.jspecify.annotations.NullMarked;
