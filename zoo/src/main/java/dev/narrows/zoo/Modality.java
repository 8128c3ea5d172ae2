package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;

/**
 * One of several inputs.
 *
 * @param name the input's name; that of its trunk's tensors and weights begins with it
 * @param architecture its trunk
 * @param shape of its items
 */
public record Modality(String name, Architecture architecture, InputShape shape) {

    public Modality {
        if (name.isEmpty()) {
            throw new InvalidException("modality: no name (expected: one), architecture \"" + architecture + "\"");
        }
    }
}
