package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.DType;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.wire.WireTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The codecs at the bottleneck of the talking coffee machine: calibrated on 28 clips (each intent's *_0 and *_1), tried
 * on the other 56 voices and on all.
 */
class BaristaCodecTest {

    private static final Path BARISTA = Path.of(System.getProperty("narrows.root", ".."), "examples", "barista");
    private static final int SAMPLES = 32_000;
    private static final TensorSpec CODE = new TensorSpec("code", DType.FLOAT32, List.of(-1L, 4L, 10L, 25L));

    /** A clip's code and what the whole network makes of it. */
    private record Clip(String file, String label, String reference, Tensor pcm, Tensor code, int answer) {}

    private static final List<Clip> CLIPS = new ArrayList<>();
    private static List<String> labels = List.of();
    private static ByteBuffer tail = ByteBuffer.allocate(0);

    @BeforeAll
    static void codesOfAllClips() throws IOException {
        labels = Files.readAllLines(BARISTA.resolve("first/labels.txt"));
        Network network = OnnxReader.read(BARISTA.resolve("first/barista.onnx"));
        Shapes shapes =
                new Shapes(Map.of("code", new Shapes.Shape(ElementType.FLOAT, List.of(1L, 4L, 10L, 25L), true)));
        Cut cut = Cuts.at(network, shapes, List.of("code"));
        List<Network> parts = Segments.split(network, shapes, List.of(cut)).segments();
        tail = OnnxWriter.write(parts.get(1));
        try (Session head = open(OnnxWriter.write(parts.get(0)));
                Session rest = open(tail)) {
            List<String> lines = Files.readAllLines(BARISTA.resolve("first").resolve("expected.csv"));
            for (String line : lines.subList(1, lines.size())) {
                String[] row = line.split(",", -1);
                Tensor pcm = Tensor.of(sound(row[0]), 1, SAMPLES);
                Tensor code = CodecSamples.named("code", head.run(Map.of("pcm", pcm)));
                CLIPS.add(new Clip(row[0], row[1], row[2], pcm, code, answer(rest, code)));
            }
        }
    }

    private static Session open(ByteBuffer model) {
        return Session.open("barista", model, Map.of(), SessionOptions.DEFAULT);
    }

    private static float[] sound(String file) throws IOException {
        byte[] wav = Files.readAllBytes(BARISTA.resolve("clips").resolve(file));
        ByteBuffer samples = ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN);
        float[] sound = new float[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) { // the samples end the file
            sound[i] = samples.getShort(wav.length - 2 * (SAMPLES - i)) / 32768f;
        }
        return sound;
    }

    private static int answer(Session tail, Tensor code) {
        float[] probabilities =
                tail.run(Map.of("code", code)).values().iterator().next().toFloats();
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            best = probabilities[i] > probabilities[best] ? i : best;
        }
        return best;
    }

    private static boolean calibration(Clip clip) {
        return clip.file().endsWith("_0.wav") || clip.file().endsWith("_1.wav");
    }

    private static CutCodec codec(String name) {
        Calibrator calibrator = new Calibrator(List.of(CODE));
        CLIPS.stream()
                .filter(BaristaCodecTest::calibration)
                .forEach(clip -> calibrator.add(Map.of("code", clip.code())));
        return calibrator.build(name);
    }

    @ParameterizedTest
    @CsvSource({"q8, 640, 600", "q4, 240, 230"})
    void encode_clipsNotCalibratedOn_keepsTheBudget(String name, double most, double expected) {
        CutCodec codec = codec(name);

        double heldOut = CLIPS.stream()
                .filter(clip -> !calibration(clip))
                .mapToLong(clip -> CutCodec.dataBytes(codec.encode(Map.of("code", clip.code()))))
                .average()
                .orElseThrow();

        assertThat(heldOut).isLessThanOrEqualTo(most).isLessThan(expected);
        assertThat(codec.toJson().toString()).hasSizeLessThan(8_000);
    }

    @ParameterizedTest
    @CsvSource({"q8", "q6", "q4"})
    void decode_allClips_losesNone(String name) {
        CutCodec codec = codec(name);
        List<String> lost = new ArrayList<>();
        try (Session rest = open(tail)) {
            for (Clip clip : CLIPS) {
                List<WireTensor> coded = codec.encode(Map.of("code", clip.code()));
                String answer = labels.get(answer(rest, CodecSamples.named("code", codec.decode(coded))));
                if (labels.get(clip.answer()).equals(clip.label()) && !answer.equals(clip.label())) {
                    lost.add(clip.file() + ": " + answer);
                }
            }
        }
        assertThat(lost).isEmpty();
    }

    @Test
    void pcm16_allClips_areExact() {
        CutCodec codec = Codecs.pcm16(List.of(new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, (long) SAMPLES))));
        for (Clip clip : CLIPS) {
            List<WireTensor> coded = codec.encode(Map.of("pcm", clip.pcm()));

            assertThat(CutCodec.dataBytes(coded)).isEqualTo(2 * SAMPLES);
            assertThat(CodecSamples.named("pcm", codec.decode(coded)).sameBits(clip.pcm()))
                    .isTrue();
        }
    }

    @Test
    void answers_ofTheUncodedNetwork_areTheReferences() {
        assertThat(CLIPS).hasSize(84).allMatch(clip -> labels.get(clip.answer()).equals(clip.reference()));
    }
}
