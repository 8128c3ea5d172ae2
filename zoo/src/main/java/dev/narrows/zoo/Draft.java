package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.Validator;
import dev.narrows.graph.ValueInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parts of a network so far. Every name is given once. */
final class Draft {

    /** The batch's name in the inputs' and outputs' types. */
    private static final Dim BATCH = new Dim.Symbol("N");

    private final List<ValueInfo> inputs = new ArrayList<>();
    private final List<ValueInfo> outputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, ConstantTensor> initializers = new LinkedHashMap<>();
    private final Map<String, Value> values = new LinkedHashMap<>();

    Value input(String name, List<Long> shape) {
        Value value = value(name, shape);
        inputs.add(ValueInfo.of(name, type(value)));
        return value;
    }

    Value node(String name, String op, List<String> reads, Map<String, Attribute> attributes, List<Long> shape) {
        for (String read : reads) {
            if (!read.isEmpty() && !values.containsKey(read) && !initializers.containsKey(read)) {
                throw new InvalidException("input: \"" + read + "\" (expected: a tensor that is there), node \"" + name
                        + "\" (" + op + ")");
            }
        }
        Value value = value(name, shape);
        nodes.add(Node.of(name, op, reads, List.of(name), attributes));
        return value;
    }

    String floats(String name, float[] elements, List<Long> dims) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(elements.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(elements);
        return initializer(name, ElementType.FLOAT, bytes, dims);
    }

    String longs(String name, long... elements) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(elements.length, 8)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(elements);
        return initializer(name, ElementType.INT64, bytes, List.of((long) elements.length));
    }

    boolean holds(String initializer) {
        return initializers.containsKey(initializer);
    }

    private String initializer(String name, ElementType type, ByteBuffer bytes, List<Long> dims) {
        requireNew(name);
        initializers.put(name, new ConstantTensor(name, type, dims, bytes, List.of(), ""));
        return name;
    }

    void output(Value value) {
        if (!value.equals(values.get(value.name()))) {
            throw new InvalidException("output: " + value + " (expected: a tensor of this network)");
        }
        outputs.add(ValueInfo.of(value.name(), type(value)));
    }

    Network network(String name, Map<String, String> metadata) {
        Network network = new Network(
                name,
                NetworkBuilder.IR_VERSION,
                List.of(new OpsetImport("", NetworkBuilder.OPSET)),
                inputs,
                outputs,
                nodes,
                initializers,
                Map.of(),
                metadata,
                Network.Extras.NONE);
        Validator.check(network);
        return network;
    }

    Shapes shapes() {
        Map<String, Shapes.Shape> types = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            List<Long> dims = new ArrayList<>(List.of(1L));
            dims.addAll(value.shape());
            types.put(name, new Shapes.Shape(ElementType.FLOAT, dims, true));
        });
        initializers.forEach((name, tensor) -> types.put(name, new Shapes.Shape(tensor.type(), tensor.dims(), false)));
        return new Shapes(types);
    }

    private Value value(String name, List<Long> shape) {
        requireNew(name);
        Value value = new Value(name, shape);
        values.put(name, value);
        return value;
    }

    private void requireNew(String name) {
        if (name.isEmpty() || values.containsKey(name) || initializers.containsKey(name)) {
            throw new InvalidException("name: \"" + name + "\" (expected: one that is not empty and not taken)");
        }
    }

    private static TensorType type(Value value) {
        List<Dim> dims = new ArrayList<>();
        dims.add(BATCH);
        value.shape().forEach(length -> dims.add(new Dim.Known(length)));
        return TensorType.of(ElementType.FLOAT, dims);
    }
}
