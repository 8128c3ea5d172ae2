package dev.narrows.shrink;

import dev.narrows.graph.Network;
import dev.narrows.graph.OpsetImport;
import java.util.ArrayList;
import java.util.List;

/** What a network says of the versions that it needs. */
final class Imports {

    static final String MICROSOFT = "com.microsoft";

    private Imports() {}

    /** The same network, of this IR version if it was older. */
    static Network irVersion(Network network, long least) {
        return new Network(
                network.name(),
                Math.max(least, network.irVersion()),
                network.opsets(),
                network.inputs(),
                network.outputs(),
                network.nodes(),
                network.initializers(),
                network.valueInfos(),
                network.metadata(),
                network.extra());
    }

    /** The same network, with com.microsoft's operators among those that it may have. */
    static Network microsoft(Network network) {
        List<OpsetImport> opsets = new ArrayList<>(network.opsets());
        if (opsets.stream().noneMatch(opset -> opset.domain().equals(MICROSOFT))) {
            opsets.add(new OpsetImport(MICROSOFT, 1));
        }
        return network.withOpsets(opsets);
    }
}
