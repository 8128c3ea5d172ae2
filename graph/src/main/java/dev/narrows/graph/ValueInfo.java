package dev.narrows.graph;

import java.util.Optional;

/**
 * A named value with its type: a graph's input or output, or what is known of an inner value.
 *
 * @param name the value's name
 * @param type its tensor type; empty for sequences, maps, optionals and sparse tensors, whose type is kept only in
 *     {@code encoded}
 * @param doc the documentation string
 * @param encoded the ValueInfoProto as bytes where it says more than {@code type} and {@code doc} can (denotations,
 *     non-tensor types, metadata); empty otherwise
 */
public record ValueInfo(String name, Optional<TensorType> type, String doc, Encoded encoded) {

    public static ValueInfo of(String name, TensorType type) {
        return new ValueInfo(name, Optional.of(type), "", Encoded.NONE);
    }
}
