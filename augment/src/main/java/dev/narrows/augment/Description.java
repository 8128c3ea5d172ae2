package dev.narrows.augment;

/**
 * An augmentation, as a command's help shows it.
 *
 * @param medium {@code image} or {@code sound}
 * @param name as in a spec
 * @param usual what the name alone stands for, such as {@code rotate:10}
 * @param meaning of the number, with its unit
 */
public record Description(String medium, String name, String usual, String meaning) {}
