package dev.narrows.items;

/**
 * Sound in memory.
 *
 * @param rate samples a second
 * @param channels (channels, samples), full scale is [-1, 1]
 */
record Sound(int rate, float[][] channels) {}
