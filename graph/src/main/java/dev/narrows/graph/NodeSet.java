package dev.narrows.graph;

import java.util.AbstractSet;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.PrimitiveIterator;
import java.util.Set;

/** An immutable set of node indices, one bit each: a network of n nodes has O(n) cuts of O(n) nodes. */
final class NodeSet extends AbstractSet<Integer> {

    private final BitSet bits;
    private final int size;

    private NodeSet(BitSet bits) {
        this.bits = bits;
        this.size = bits.cardinality();
    }

    static NodeSet of(BitSet bits) {
        return new NodeSet((BitSet) bits.clone());
    }

    static NodeSet copyOf(Set<Integer> nodes) {
        if (nodes instanceof NodeSet set) {
            return set;
        }
        BitSet bits = new BitSet();
        for (int node : nodes) {
            bits.set(node);
        }
        return new NodeSet(bits);
    }

    /** A copy of the bits. */
    BitSet toBits() {
        return (BitSet) bits.clone();
    }

    @Override
    public boolean contains(Object node) {
        return node instanceof Integer index && index >= 0 && bits.get(index);
    }

    @Override
    public boolean containsAll(Collection<?> nodes) {
        if (nodes instanceof NodeSet set) {
            BitSet missing = (BitSet) set.bits.clone();
            missing.andNot(bits);
            return missing.isEmpty();
        }
        return super.containsAll(nodes);
    }

    @Override
    public Iterator<Integer> iterator() {
        PrimitiveIterator.OfInt indices = bits.stream().iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return indices.hasNext();
            }

            @Override
            public Integer next() {
                return indices.next();
            }
        };
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NodeSet set ? bits.equals(set.bits) : super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
