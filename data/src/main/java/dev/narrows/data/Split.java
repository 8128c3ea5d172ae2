package dev.narrows.data;

/** A data set in two parts that share no item. */
public record Split(Dataset train, Dataset test) {}
