package dev.narrows.wire;

/** A place that runs consecutive segments, in the order in which an item travels. */
public enum Tier {
    DEVICE,
    EDGE,
    CLOUD
}
