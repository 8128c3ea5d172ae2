package dev.narrows.cli;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.ValueInfo;
import dev.narrows.plan.NetworkShapes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** How a network is taken before anything is done with it: the lengths of free axes. */
final class NetworkOptions {

    @Option(
            names = "--shape",
            paramLabel = "INPUT=N,N,…",
            description = "The shape of an input whose axes are free, for example --shape input=1,3,224,224.")
    private Map<String, String> shapes = new LinkedHashMap<>();

    @Option(
            names = "--pin",
            description =
                    "Write --shape into the network, the batch too: it then takes nothing else, and may have cuts "
                            + "where the batch is not the first axis.")
    private boolean pin;

    /** The network, with the given shapes written into its inputs if that is asked for. */
    Network prepared(Network network) {
        return pin ? NetworkShapes.pinned(network, of(network)) : network;
    }

    /** The shapes by input. */
    Map<String, List<Long>> of(Network network) {
        List<String> inputs = network.inputs().stream().map(ValueInfo::name).toList();
        Map<String, List<Long>> parsed = new LinkedHashMap<>();
        shapes.forEach((input, text) -> {
            if (!inputs.contains(input)) {
                throw new InvalidException(
                        "input: \"" + input + "\" (expected: one of " + String.join(", ", inputs) + "), --shape");
            }
            List<Long> axes = new ArrayList<>();
            for (String axis : text.split(",", -1)) {
                axes.add(Numbers.parseLong("axis", axis, 0, Integer.MAX_VALUE, "--shape " + input + "=" + text));
            }
            parsed.put(input, axes);
        });
        return parsed;
    }
}
