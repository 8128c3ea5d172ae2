package dev.narrows.plan;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Chain;
import dev.narrows.engine.DType;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import dev.narrows.items.ItemReader;
import dev.narrows.wire.bundle.Bundle;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Preprocessing;
import dev.narrows.wire.codec.Codecs;
import dev.narrows.wire.codec.CutCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packing the coffee machine: what the bundle holds, and what is refused. */
class PackerTest {

    private static final Path BARISTA = Path.of(System.getProperty("narrows.root", ".."))
            .resolve("examples")
            .resolve("barista");
    private static final Preprocessing.Audio SOUND = new Preprocessing.Audio(16_000, 2.0, 1);

    private static Network network;
    private static List<Map<String, Tensor>> clips;

    @TempDir
    private Path directory;

    @BeforeAll
    static void readBarista() throws IOException {
        network = OnnxReader.read(BARISTA.resolve("first/barista.onnx"));
        ItemReader reader = ItemReader.of(SOUND, new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, 32_000L)));
        clips = new ArrayList<>();
        try (Stream<Path> files = Files.list(BARISTA.resolve("clips"))) {
            for (Path file : files.filter(f -> f.toString().matches(".*_[01]\\.wav"))
                    .sorted()
                    .toList()) {
                clips.add(Map.of("pcm", reader.read(file)));
            }
        }
    }

    private static Packer.Options options(List<List<String>> cuts, List<String> codecs) throws IOException {
        return new Packer.Options(
                "barista",
                cuts,
                codecs,
                SOUND,
                Files.readAllLines(BARISTA.resolve("first/labels.txt")),
                Map.of(),
                "",
                1);
    }

    @Test
    void pack_coffeeMachineAtItsBottleneck_bundleIsTheNetwork() throws IOException {
        Path target = directory.resolve("barista.narrows");

        PackReport report =
                new Packer(network, options(List.of(List.of("code")), Codecs.QUANTISING), clips, clips).pack(target);

        assertThat(report.chain().identical()).isTrue();
        Bundle bundle = Bundle.read(target);
        assertThat(bundle.hash()).isEqualTo(report.hash());
        assertThat(bundle.manifest().cuts().stream().map(Manifest.Cut::name))
                .containsExactly("input", "code", "output");
        assertThat(bundle.labels()).hasSize(14);
        assertThat(bundle.manifest().segments().get(0).macs()).isPositive();
        try (Chain chain = bundle.open(SessionOptions.DEFAULT)) {
            Map<String, Tensor> code = chain.run(0, 1, clips.get(0)).outputs();
            CutCodec q4 = bundle.codec("code", "q4");
            Tensor exact = requireNonNull(code.get("code"));
            Tensor decoded = requireNonNull(q4.decode(q4.encode(code)).get("code"));
            assertThat(decoded.shape()).containsExactly(1, 4, 10, 25);
            // 16 levels over [0, 6]: no value is off by more than half a step
            assertThat(decoded.maxAbsDifference(exact)).isLessThanOrEqualTo(6.0 / 15 / 2 + 1e-5);
        }
    }

    @Test
    void pack_sameInputTwice_sameHash() throws IOException {
        Packer.Options options = options(List.of(List.of("code")), List.of("q4"));

        String first = new Packer(network, options, clips.subList(0, 4), clips.subList(4, 6))
                .pack(directory.resolve("a.narrows"))
                .hash();
        String second = new Packer(network, options, clips.subList(0, 4), clips.subList(4, 6))
                .pack(directory.resolve("b.narrows"))
                .hash();

        assertThat(second).isEqualTo(first);
    }

    @Test
    void pack_report_measuresEveryCodecOfEveryCut() throws IOException {
        PackReport report = new Packer(
                        network, options(List.of(List.of("code")), List.of("q8", "q4")), clips.subList(0, 14), clips)
                .pack(directory.resolve("barista"));

        assertThat(report.cuts()).hasSize(2);
        PackReport.CutReport input = report.cuts().get(0);
        assertThat(input.codecs().stream().map(PackReport.CodecReport::codec))
                .containsExactly("raw", "fp16", "pcm16", "q8", "q4");
        PackReport.CodecReport pcm16 = input.codecs().get(2);
        assertThat(pcm16.lossless()).as("16-bit clips survive pcm16").isTrue();
        assertThat(pcm16.meanBytes()).isEqualTo(64_000);
        PackReport.CodecReport raw = report.cuts().get(1).codecs().get(0);
        assertThat(raw).isEqualTo(new PackReport.CodecReport("raw", 4000, 1, 0, true));
        PackReport.CodecReport q4 = report.cuts().get(1).codecs().get(3);
        assertThat(q4.meanBytes()).isLessThan(260);
        assertThat(q4.lossless()).isFalse();
    }

    @Test
    void pack_bottleneckCodecAtACutOfOtherNumbers_isRefusedAndWritesNothing() throws IOException {
        Path target = directory.resolve("barista.narrows");
        Packer packer = new Packer(
                network,
                options(List.of(List.of("code")), List.of("q4", Codecs.BOTTLENECK)),
                clips.subList(0, 2),
                clips.subList(2, 3));

        assertThatThrownBy(() -> packer.pack(target))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("codec bottleneck: no cut of whole numbers: value: ")
                .hasMessageContaining("tensor \"code\", cut \"code\"");
        assertThat(target).doesNotExist();
    }

    @Test
    void pack_withoutItems_verifiesOnRandomOnesAndSaysSo() throws IOException {
        PackReport report = new Packer(network, options(List.of(List.of("code")), List.of()), List.of(), List.of())
                .pack(directory.resolve("barista.narrows"));

        assertThat(report.randomItems()).isTrue();
        assertThat(report.warnings()).singleElement().asString().contains("random");
        assertThat(report.chain().identical()).isTrue();
        assertThat(measuredOn(report)).containsOnly(0);
    }

    @Test
    void pack_itemsHeldOut_areCountedAsEvidence() throws IOException {
        PackReport report = new Packer(
                        network,
                        options(List.of(List.of("code")), List.of("q4")),
                        clips.subList(0, 14),
                        clips.subList(14, 28))
                .pack(directory.resolve("barista.narrows"));

        assertThat(report.heldOutItems()).isEqualTo(14);
        assertThat(report.warnings()).isEmpty();
        assertThat(measuredOn(report)).containsOnly(14);
    }

    @Test
    void pack_someItemsCalibratedOn_countAsNoEvidenceAndAreSaid() throws IOException {
        List<Map<String, Tensor>> verification = new ArrayList<>(clips.subList(14, 16));
        // The same sound in other memory, as a file that is read twice gives.
        Tensor first = requireNonNull(clips.get(0).get("pcm"));
        verification.add(Map.of("pcm", Tensor.of(first.toFloats(), 1, 32_000)));

        PackReport report = new Packer(
                        network, options(List.of(List.of("code")), List.of("q4")), clips.subList(0, 14), verification)
                .pack(directory.resolve("barista.narrows"));

        assertThat(report.items()).isEqualTo(3);
        assertThat(report.heldOutItems()).isZero();
        assertThat(report.warnings()).singleElement().asString().contains("1 of the 3");
        assertThat(measuredOn(report)).containsOnly(0);
    }

    /** What the bundle's codecs say of the items they were measured on. */
    private static List<Integer> measuredOn(PackReport report) {
        return Bundle.read(report.bundle()).manifest().codecs().values().stream()
                .flatMap(List::stream)
                .map(Manifest.Codec::items)
                .toList();
    }

    @Test
    void pack_weightOfTwoSegmentsOfThree_isStoredOnceAndTheChainIsTheNetwork() throws IOException {
        Network tied = tiedNetwork();
        Packer.Options options = new Packer.Options(
                "tied",
                List.of(List.of("a"), List.of("b")),
                List.of(),
                new Preprocessing.Raw(),
                List.of(),
                Map.of(),
                "",
                1);

        PackReport report = new Packer(tied, options, List.of(), List.of()).pack(directory.resolve("tied.narrows"));

        assertThat(report.chain().identical()).isTrue();
        Bundle bundle = Bundle.read(directory.resolve("tied.narrows"));
        assertThat(bundle.manifest().sharedWeights())
                .singleElement()
                .satisfies(weight -> assertThat(weight.tensor()).isEqualTo("w"))
                .satisfies(weight -> assertThat(weight.length()).isEqualTo(32 * 32 * 4));
        assertThat(bundle.segment(0).remaining() + bundle.segment(2).remaining())
                .as("two segments without the weight's 4096 bytes")
                .isLessThan(4096);
        try (Chain chain = bundle.open(SessionOptions.DEFAULT)) {
            assertThat(chain.segments()).isEqualTo(3);
        }
    }

    /** x·w → relu → ·w: the first and the last of three segments hold the same weight. */
    private static Network tiedNetwork() {
        ByteBuffer values = ByteBuffer.allocate(32 * 32 * 4).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(5);
        while (values.hasRemaining()) {
            values.putFloat((float) random.nextGaussian());
        }
        values.flip();
        TensorType type = TensorType.of(ElementType.FLOAT, List.of(new Dim.Symbol("batch"), new Dim.Known(32)));
        return new Network(
                "tied",
                8,
                List.of(new OpsetImport("", 17)),
                List.of(ValueInfo.of("x", type)),
                List.of(ValueInfo.of("y", type)),
                List.of(
                        Node.of("first", "MatMul", List.of("x", "w"), List.of("a"), Map.of()),
                        Node.of("relu", "Relu", List.of("a"), List.of("b"), Map.of()),
                        Node.of("second", "MatMul", List.of("b", "w"), List.of("y"), Map.of())),
                Map.of("w", new ConstantTensor("w", ElementType.FLOAT, List.of(32L, 32L), values, List.of(), "")),
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
    }

    @Test
    void packer_quantisingCodecWithoutItems_isRefused() {
        assertThatThrownBy(() ->
                        new Packer(network, options(List.of(List.of("code")), List.of("q8")), List.of(), List.of()))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("calibration items: 0");
    }

    @Test
    void pack_cutsInTheWrongOrder_isRefusedAndWritesNothing() throws IOException {
        Path target = directory.resolve("barista.narrows");
        String later = network.nodes().get(network.nodes().size() - 2).outputs().get(0);
        Packer packer = new Packer(
                network, options(List.of(List.of(later), List.of("code")), List.of()), List.of(), clips.subList(0, 1));

        assertThatThrownBy(() -> packer.pack(target)).isInstanceOf(IncompatibleException.class);
        assertThat(target).doesNotExist();
    }

    @Test
    void options_nameThatIsNoName_isRefused() {
        assertThatThrownBy(() -> new Packer.Options("../up", List.of(), List.of(), SOUND, List.of(), Map.of(), "", 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("../up");
    }
}
