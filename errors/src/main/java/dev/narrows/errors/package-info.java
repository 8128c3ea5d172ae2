/**
 * The errors that Narrows throws: one small unchecked hierarchy, named by the stage that failed. A server maps each to
 * a status, a command line to one line of text.
 */
@NullMarked
package dev.narrows.errors;

import org.jspecify.annotations.NullMarked;
