package dev.narrows.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph inside a node (a branch of If, the body of Loop or Scan). It may use values of the graphs around it.
 *
 * @param name the graph's name
 * @param nodes in topological order
 * @param initializers by their order in the file
 * @param encoded the GraphProto as bytes: what is written back
 * @param captured the names of outer values that it uses, nested subgraphs' uses included, in order of first use
 */
public record Subgraph(
        String name,
        List<ValueInfo> inputs,
        List<ValueInfo> outputs,
        List<Node> nodes,
        List<ConstantTensor> initializers,
        List<String> captured,
        Encoded encoded) {

    public Subgraph {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        nodes = List.copyOf(nodes);
        initializers = List.copyOf(initializers);
        captured = List.copyOf(captured);
    }

    /** What its initializers and its {@code Constant} nodes hold, by name. */
    public Map<String, ConstantTensor> constants() {
        Map<String, ConstantTensor> own = new LinkedHashMap<>();
        initializers.forEach(tensor -> own.put(tensor.name(), tensor));
        return Constants.held(own, nodes);
    }
}
