package dev.narrows.wire.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.DType;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.bundle.Manifest.Codec;
import dev.narrows.wire.bundle.Manifest.Cut;
import dev.narrows.wire.bundle.Manifest.Exit;
import dev.narrows.wire.bundle.Manifest.HeldOut;
import dev.narrows.wire.bundle.Manifest.Segment;
import dev.narrows.wire.bundle.Manifest.SharedWeight;
import dev.narrows.wire.bundle.ManifestJson.FileEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ManifestJsonTest {

    private static final List<DType> TYPES = List.of(DType.values());

    private static final String HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static ManifestJson with(Manifest manifest) {
        TreeMap<String, FileEntry> files = new TreeMap<>();
        manifest.segments().forEach(segment -> files.put(segment.file(), new FileEntry(0, HASH)));
        manifest.exits().forEach(exit -> files.put(exit.file(), new FileEntry(7, HASH)));
        if (!manifest.sharedWeights().isEmpty()) {
            files.put(Manifest.WEIGHTS_FILE, new FileEntry(1 << 20, HASH));
        }
        if (manifest.cuts().stream()
                .anyMatch(cut -> manifest.codecNames(cut.name()).contains("q8"))) {
            files.put(Manifest.CODECS_FILE, new FileEntry(2, HASH));
        }
        return new ManifestJson(manifest, files);
    }

    /** The format on disk: changing it takes another {@link Manifest#FORMAT}. */
    @Test
    void write_sample_isTheGoldenFile() throws IOException {
        try (InputStream golden = ManifestJsonTest.class.getResourceAsStream("manifest.json")) {
            assertThat(golden).isNotNull();
            assertThat(new String(with(Samples.manifest()).write(), StandardCharsets.UTF_8))
                    .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void write_sampleWithExit_isTheGoldenFile() throws IOException {
        try (InputStream golden = ManifestJsonTest.class.getResourceAsStream("manifest-exits.json")) {
            assertThat(golden).isNotNull();
            assertThat(new String(with(Samples.manifestWithExit()).write(), StandardCharsets.UTF_8))
                    .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Property(tries = 200, seed = "11")
    void manifestsWrittenAndRead_areTheSame(@ForAll("manifests") Manifest manifest) {
        ManifestJson json = with(manifest);

        assertThat(ManifestJson.read(ByteBuffer.wrap(json.write()))).isEqualTo(json);
    }

    @Provide
    Arbitrary<Manifest> manifests() {
        Arbitrary<Integer> segments = Arbitraries.integers().between(1, 5);
        Arbitrary<Map<String, String>> records =
                Arbitraries.maps(texts(), texts()).ofMaxSize(3);
        Arbitrary<Long> seeds = Arbitraries.longs();
        return Combinators.combine(segments, preprocessing(), records, texts(), seeds)
                .as(ManifestJsonTest::manifest);
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.strings()
                .ofMaxLength(10)
                .filter(text -> text.chars().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF));
    }

    private static Arbitrary<Preprocessing> preprocessing() {
        Arbitrary<Double> reals = Arbitraries.doubles().between(-1000, 1000).filter(real -> real != 0);
        Arbitrary<Preprocessing> images = Combinators.combine(
                        Arbitraries.integers().between(0, 4096),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        reals,
                        reals.list().ofSize(3),
                        reals.list().ofSize(3))
                .as((size, bgr, last, scale, mean, std) ->
                        new Preprocessing.Image(size, size / 2, bgr, last, scale, mean, std));
        Arbitrary<Preprocessing> audio = Combinators.combine(
                        Arbitraries.integers().between(1, 192_000),
                        Arbitraries.doubles().between(0.01, 600),
                        Arbitraries.integers().between(1, 8))
                .as(Preprocessing.Audio::new);
        return Arbitraries.oneOf(images, audio, Arbitraries.just(new Preprocessing.Raw()));
    }

    private static Manifest manifest(
            int count, Preprocessing preprocessing, Map<String, String> record, String text, long seed) {
        List<Cut> cuts = new ArrayList<>();
        List<Segment> segments = new ArrayList<>();
        Map<String, List<Codec>> codecs = new TreeMap<>();
        for (int at = 0; at <= count; at++) {
            String name = at == 0 ? "input" : at == count ? "output" : text + at;
            TensorSpec first = new TensorSpec(text + at, TYPES.get((at + count) % TYPES.size()), List.of());
            TensorSpec second = new TensorSpec(text + "#" + at, DType.INT64, List.of(-1L, (long) at, 7L));
            cuts.add(new Cut(name, at % 2 == 0 ? List.of(first) : List.of(first, second), seed & Long.MAX_VALUE));
            if (at < count) {
                segments.add(new Segment("segments/" + at + ".onnx", at, seed & 0xFFFF));
                codecs.put(
                        name,
                        List.of(
                                new Codec("q8", at / 3.0, 1.0 / (at + 1), 1 << (7 * at), at == 0),
                                new Codec("fp16", 1, 1, 0, true)));
            }
        }
        List<SharedWeight> weights = count < 3
                ? List.of()
                : List.of(new SharedWeight(text, new TensorSpec(text, DType.FLOAT16, List.of(3L, 5L)), 128, 30));
        return new Manifest(
                "m-" + count, cuts, segments, weights, codecs, exits(cuts, seed), preprocessing, count - 1, record);
    }

    /** Exits at every second cut, none where there is but one segment. */
    private static List<Exit> exits(List<Cut> cuts, long seed) {
        List<Exit> exits = new ArrayList<>();
        double share = (seed & 0xFF) / 256.0;
        List<Gate> gates = List.of(
                new Gate.MaxProbability(share),
                new Gate.Entropy(share),
                new Gate.Margin(share),
                new Gate.Learned(List.of(share, -share, 1.0 / 3), seed, share));
        for (int at = 1; at < cuts.size() - 1; at += 2) {
            exits.add(new Exit(
                    cuts.get(at).name(),
                    "exits/" + at,
                    1 + share,
                    gates.get((int) (seed & 1) + at - 1),
                    seed & 0xFFFF,
                    at,
                    at - 1,
                    share / 4,
                    share,
                    at == 1 ? Optional.empty() : Optional.of(new HeldOut(at, share, 1, 1 / 3.0, 0))));
        }
        return exits;
    }
}
