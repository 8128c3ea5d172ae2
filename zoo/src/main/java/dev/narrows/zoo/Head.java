package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;

/**
 * What a network decides.
 *
 * @param task the task's name, which its output {@code logits.<task>} has; empty for the only one, whose output is
 *     {@code logits}
 * @param classes from which it chooses
 */
public record Head(String task, int classes) {

    public Head {
        if (classes < 1) {
            throw new InvalidException("classes: " + classes + " (expected: 1 or more), task \"" + task + "\"");
        }
    }

    /** The only head of a network. */
    public static Head of(int classes) {
        return new Head("", classes);
    }

    /** {@code stem} with the task behind it. */
    String name(String stem) {
        return task.isEmpty() ? stem : stem + "." + task;
    }
}
