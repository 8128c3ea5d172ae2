package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Chain;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.bundle.Bundle;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EntryAtCutsTest {

    private static TestServer served;
    private static Bundle bundle;

    @BeforeAll
    static void start(@TempDir Path directory) {
        TinyNetwork.writeBundle(directory.resolve("one.narrows"), "one", 1);
        served = TestServer.start(directory);
        bundle = Bundle.read(directory.resolve("tiny.narrows"));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    static Stream<Arguments> cutsModelsAndItems() {
        return Stream.of(0, 1, 2)
                .flatMap(cut -> Stream.of("tiny", "one")
                        .flatMap(model -> Stream.of(1, 3).map(items -> Arguments.of(cut, model, items))));
    }

    /** Model {@code one} takes one item at a time, so three of them must be run apart and joined. */
    @ParameterizedTest
    @MethodSource("cutsModelsAndItems")
    void infer_atCut_equalsWholeNetworkOverBothTransports(int cut, String model, int items) {
        Tensor x = TinyNetwork.x(items, cut);
        InferRequest request = Requests.signed(Requests.at(model, cut, x));

        assertAnswer(served.rest.infer(request).inference(), x);
        assertAnswer(GrpcCodec.readResponse(served.grpc.modelInfer(GrpcCodec.write(request))), x);
    }

    @ParameterizedTest
    @MethodSource("cutsModelsAndItems")
    void infer_codedTensors_equalsWhatTheCodecDecodesTo(int cut, String model, int items) {
        Tensor x = TinyNetwork.x(items, 10 + cut);
        var codec = bundle.codec(TinyNetwork.CUT_NAMES.get(cut), "q8");
        var coded = codec.encode(TinyNetwork.at(cut, x));
        InferRequest request = Requests.signed(new InferRequest(
                model,
                "",
                "",
                Parameters.NONE
                        .with(Parameters.CUT, TinyNetwork.CUT_NAMES.get(cut))
                        .with(Parameters.CODEC, "q8"),
                coded,
                List.of()));
        InferResponse answer = served.rest.infer(request).inference();
        InferResponse again = GrpcCodec.readResponse(served.grpc.modelInfer(GrpcCodec.write(request)));

        // 8 bits over a range of about 4: steps of 1/64, through two layers with weights up to 1
        Tensor y = Requests.output(answer, "y");
        assertThat(y.maxAbsDifference(TinyNetwork.expected("y", x))).isLessThan(0.25);
        assertThat(y.sameBits(Requests.output(again, "y"))).isTrue();
        assertThat(y.sameBits(whole(cut, codec.decode(coded)))).isTrue();
    }

    /** Output y of the tiny bundle run here from the decoded tensors. */
    private static Tensor whole(int cut, Map<String, Tensor> decoded) {
        Tensor y;
        try (Chain chain = bundle.open(SessionOptions.DEFAULT)) {
            y = Objects.requireNonNull(chain.run(cut, 3, decoded).outputs().get("y"));
        }
        return y;
    }

    private static void assertAnswer(InferResponse response, Tensor x) {
        TinyNetwork.at(3, x)
                .forEach((name, expected) -> assertThat(
                                Requests.output(response, name).toFloats())
                        .as(name)
                        .containsExactly(expected.toFloats()));
    }
}
