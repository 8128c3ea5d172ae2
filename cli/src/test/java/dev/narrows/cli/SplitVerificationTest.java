package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.NetworkShapes;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitVerificationTest {

    @TempDir
    Path directory;

    /** {@code y = x} by two unit matrices, cut in the middle. */
    private SplitVerification verified(List<Map<String, Tensor>> items) throws IOException {
        Path model = SmallNetworks.pair(directory.resolve("pair.onnx"), "x", "hidden", "y");
        Network network = OnnxReader.read(model);
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        Segments.Chain chain = Segments.split(network, shapes, List.of(Cuts.at(network, shapes, List.of("hidden"))));
        SplitFiles files = SplitFiles.write(directory.resolve("parts"), model, network, shapes, chain);
        // y = log(exp(x)): the same at 0, and infinite from 89 on
        Network whole = network.rewired(
                List.of(
                        network.nodes().get(0),
                        Node.of("", "Exp", List.of("hidden"), List.of("power"), Map.of()),
                        Node.of("", "Log", List.of("power"), List.of("y"), Map.of())),
                network.initializers());
        return SplitVerification.run(
                Cli.terminal(new StringWriter(), new StringWriter()), whole, whole, files, chain.cuts(), items, false);
    }

    private static Map<String, Tensor> item(float... values) {
        return Map.of("x", Tensor.of(values, 1, 2));
    }

    /** An infinite difference of an infinite answer is no number, and no later item may hide that. */
    @Test
    void run_anInfiniteAnswerBeforeOthersThatAreRight_fails() throws IOException {
        SplitVerification verification = verified(List.of(item(100, 0), item(0, 0)));

        assertThat(verification.difference()).isNaN();
        assertThat(verification.passed()).isFalse();
        assertThat(verification.text()).startsWith("FAILED").endsWith("on 2 items");
    }

    @Test
    void run_answersThatAreRight_passes() throws IOException {
        SplitVerification verification = verified(List.of(item(0, 0), item(0, 0)));

        assertThat(verification.difference()).isZero();
        assertThat(verification.passed()).isTrue();
    }
}
