package dev.narrows.graph;

import java.util.List;

/** A node's attribute value. */
public sealed interface Attribute {

    record IntValue(long value) implements Attribute {}

    record FloatValue(float value) implements Attribute {}

    /** A byte string; as text its bytes are ISO-8859-1 if they are not valid UTF-8, which {@code binary} tells. */
    record Text(String value, boolean binary) implements Attribute {}

    record TensorValue(ConstantTensor value) implements Attribute {}

    record GraphValue(Subgraph value) implements Attribute {}

    record Ints(List<Long> values) implements Attribute {
        public Ints {
            values = List.copyOf(values);
        }
    }

    record Floats(List<Float> values) implements Attribute {
        public Floats {
            values = List.copyOf(values);
        }
    }

    record Texts(List<String> values) implements Attribute {
        public Texts {
            values = List.copyOf(values);
        }
    }

    /** Everything else (lists of tensors and graphs, sparse tensors, types, references in functions), unread. */
    record Opaque(Encoded value) implements Attribute {}
}
