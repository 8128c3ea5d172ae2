package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Codes, codecs and values as they were when the format was fixed: three items for each codec, one with escapes, one of
 * zeros and one that is stored as it is. If this fails, bundles and devices in the field no longer understand us.
 */
class GoldenCodesTest {

    private static final TensorSpec MAP = new TensorSpec("map", DType.FLOAT32, List.of(-1L, 3L, 4L, 5L));

    static List<JsonObject> golden() {
        try (InputStream file =
                Objects.requireNonNull(GoldenCodesTest.class.getResourceAsStream("golden-codes.json"))) {
            List<JsonObject> codes = new ArrayList<>();
            for (JsonElement code : JsonParser.parseReader(new InputStreamReader(file, StandardCharsets.UTF_8))
                    .getAsJsonObject()
                    .getAsJsonArray("codes")) {
                codes.add(code.getAsJsonObject());
            }
            return codes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void decode_goldenCode_isTheGoldenValuesBitForBit(JsonObject golden) {
        CutCodec codec = Codecs.read(golden.getAsJsonObject("codec"), List.of(MAP));
        byte[] code = HexFormat.of().parseHex(golden.get("code").getAsString());
        WireTensor coded = new WireTensor("map", "BYTES", List.of(3L), Parameters.NONE, ByteBuffer.wrap(code));

        Tensor values = CodecSamples.named("map", codec.decode(List.of(coded)));

        StringBuilder bits = new StringBuilder();
        for (float value : values.toFloats()) {
            bits.append(HexFormat.of().toHexDigits(Float.floatToRawIntBits(value)));
        }
        assertThat(bits).hasToString(golden.get("values").getAsString());
        assertThat(CodecSamples.bytes(codec.encode(Map.of("map", values)).get(0)))
                .isEqualTo(code);
    }

    @ParameterizedTest
    @MethodSource("golden")
    void decode_goldenCodeByTheReference_isTheGoldenSymbols(JsonObject golden) {
        CutCodec codec = Codecs.read(golden.getAsJsonObject("codec"), List.of(MAP));
        SymbolModel model = ((QuantisedCodec) codec.tensors().get(0)).model();
        ByteBuffer code = ByteBuffer.wrap(
                        HexFormat.of().parseHex(golden.get("code").getAsString()))
                .order(java.nio.ByteOrder.LITTLE_ENDIAN);
        String symbols = golden.get("symbols").getAsString();
        List<Integer> modes = new ArrayList<>();
        for (int item = 0; item < 3; item++) {
            byte[] next = new byte[code.getInt()];
            code.get(next);
            modes.add((int) next[0]);
            if (next[0] == 0) {
                byte[] payload = java.util.Arrays.copyOfRange(next, 1, next.length - ItemCode.CHECKSUM_BYTES);
                assertThat(HexFormat.of().formatHex(new ReferenceRans(model).decode(payload)))
                        .isEqualTo(symbols.substring(120 * item, 120 * (item + 1)));
            }
        }
        assertThat(modes).containsExactly(0, 0, 1);
    }
}
