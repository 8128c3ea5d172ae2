/**
 * What is deployed: a bundle's manifest and files, and reading them with every byte checked.
 */
@NullMarked
package dev.narrows.wire.bundle;

import org.jspecify.annotations.NullMarked;
