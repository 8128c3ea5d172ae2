/**
 * The spoken orders that the coffee machine's network learns from: synthetic speech, made from a seed. Needs the programs
 * espeak-ng and flite.
 */
@NullMarked
package dev.narrows.examples.orders;

import org.jspecify.annotations.NullMarked;
