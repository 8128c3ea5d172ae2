package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MessagesTest {

    private static final Tensor SCORES = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);

    private final Messages messages = new Messages(
            "m",
            "0123456789abcdef0123456789abcdef",
            List.of(
                    new TensorSpec("scores", DType.FLOAT32, List.of(-1L, 2L)),
                    new TensorSpec("state", DType.INT64, List.of(3L))));
    private final WireTensor scores = WireTensor.of("scores", SCORES);
    private final WireTensor state = WireTensor.of("state", Tensor.of(new long[] {7, 8, 9}, 3));
    private final InferRequest request = messages.request("code", "q4", List.of(scores), 1_500_000);

    @Test
    void request_always_saysWhereItEntersAndCarriesAChecksum() {
        Parameters parameters = request.parameters();
        assertThat(request.model()).isEqualTo("m");
        assertThat(parameters.text(Parameters.CUT)).contains("code");
        assertThat(parameters.text(Parameters.CODEC)).contains("q4");
        assertThat(parameters.text(Parameters.BUNDLE)).contains("0123456789abcdef");
        assertThat(parameters.integer(Parameters.DEADLINE)).hasValue(1);
        Checksum.verify(request);
        assertThat(messages.request("code", "q4", List.of(), 1).id()).isNotEqualTo(request.id());
    }

    @Test
    void outputs_soundAnswer_areTheTensorsInTheNetworksOrder() {
        assertThat(messages.outputs(request, answer(request.id(), state, scores), 2))
                .containsOnlyKeys("scores", "state")
                .satisfies(outputs -> {
                    assertThat(outputs.keySet()).containsExactly("scores", "state");
                    assertThat(Objects.requireNonNull(outputs.get("scores")).sameBits(SCORES))
                            .isTrue();
                });
    }

    @Test
    void outputs_anotherId_isRefused() {
        assertThatThrownBy(() -> messages.outputs(request, answer("other", scores, state), 2))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("other");
    }

    @Test
    void outputs_anotherNumberOfItems_isRefused() {
        assertThatThrownBy(() -> messages.outputs(request, answer(request.id(), scores, state), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessage("items: 2 (expected: 1), output \"scores\"");
    }

    @Test
    void outputs_oneMissing_isRefused() {
        assertThatThrownBy(() -> messages.outputs(request, answer(request.id(), scores), 2))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("\"state\": missing");
    }

    @Test
    void outputs_oneTooMany_isRefused() {
        WireTensor extra = WireTensor.of("extra", SCORES);
        assertThatThrownBy(() -> messages.outputs(request, answer(request.id(), scores, state, extra), 2))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("extra");
    }

    @Test
    void outputs_anotherShape_isRefused() {
        WireTensor wide = WireTensor.of("scores", SCORES.reshape(1, 4));
        assertThatThrownBy(() -> messages.outputs(request, answer(request.id(), wide, state), 1))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void outputs_bitFlipped_isRefused() {
        InferResponse sound = answer(request.id(), scores, state);
        InferResponse flipped = new InferResponse(
                "m",
                "",
                request.id(),
                sound.parameters(),
                List.of(WireTensor.of("scores", Tensor.of(new float[] {1, 2, 3, 4.0000005f}, 2, 2)), state));
        assertThatThrownBy(() -> messages.outputs(request, flipped, 2)).isInstanceOf(MalformedException.class);
    }

    @Test
    void outputs_noChecksum_isRefused() {
        InferResponse bare = new InferResponse("m", "", request.id(), Parameters.NONE, List.of(scores, state));
        assertThatThrownBy(() -> messages.outputs(request, bare, 2)).isInstanceOf(MalformedException.class);
    }

    private static InferResponse answer(String id, WireTensor... outputs) {
        return Checksum.sign(new InferResponse("m", "", id, Parameters.NONE, List.of(outputs)));
    }
}
