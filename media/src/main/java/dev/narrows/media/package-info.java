/** What items cost as the usual codecs send them: images and sound to bytes and back, the yardstick for trained codes. */
@NullMarked
package dev.narrows.media;

import org.jspecify.annotations.NullMarked;
