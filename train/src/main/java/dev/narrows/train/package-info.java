/** Networks taught on data: losses, optimisers, the training loop, bottlenecks, exits, distillation. */
@NullMarked
package dev.narrows.train;

import org.jspecify.annotations.NullMarked;
