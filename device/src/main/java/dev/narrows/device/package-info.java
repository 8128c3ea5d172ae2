/**
 * The device tier: predictions with a deadline, made on the device, in the cloud or by both. Android-safe.
 */
@NullMarked
package dev.narrows.device;

import org.jspecify.annotations.NullMarked;
