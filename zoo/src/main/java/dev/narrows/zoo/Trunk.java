package dev.narrows.zoo;

/** The part of an architecture that turns an item into features. */
interface Trunk {

    /**
     * Adds the trunk.
     *
     * @param x the item, normalised; sounds are spectrograms here
     * @return (features)
     */
    Value features(NetworkBuilder builder, Value x, Architecture architecture);
}
