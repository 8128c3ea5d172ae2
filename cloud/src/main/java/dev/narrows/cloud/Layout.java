package dev.narrows.cloud;

import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.wire.bundle.Bundle;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.codec.Codecs;
import dev.narrows.wire.codec.CutCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is known of a model without running it: its cuts, and how their tensors travel. */
sealed interface Layout {

    /** The name in the bundle's manifest; empty of a plain network. */
    Optional<String> manifestName();

    /** The protocol's word for what runs it. */
    String platform();

    /** The bundle's content hash; empty of a plain network. */
    Optional<String> hash();

    /** The cuts, from the inputs to the outputs. */
    List<Manifest.Cut> cuts();

    /** The only batch size that the network takes, or 0 if it takes any. */
    int fixedBatch();

    /** @throws IncompatibleException if there is no cut of that name */
    int cutIndex(String cut);

    /** @throws IncompatibleException if there is no such cut or codec */
    CutCodec codec(String cut, String codec);

    /** A bundle's layout is in its manifest. */
    record OfBundle(Bundle bundle) implements Layout {

        @Override
        public Optional<String> manifestName() {
            return Optional.of(bundle.manifest().name());
        }

        @Override
        public String platform() {
            return "narrows_bundle";
        }

        @Override
        public Optional<String> hash() {
            return Optional.of(bundle.hash());
        }

        @Override
        public List<Manifest.Cut> cuts() {
            return bundle.manifest().cuts();
        }

        @Override
        public int fixedBatch() {
            return bundle.manifest().fixedBatch();
        }

        @Override
        public int cutIndex(String cut) {
            return bundle.manifest().cutIndex(cut);
        }

        @Override
        public CutCodec codec(String cut, String codec) {
            return bundle.codec(cut, codec);
        }
    }

    /** A plain network is one segment: it is entered at its inputs. */
    record OfNetwork(List<Manifest.Cut> cuts) implements Layout {

        OfNetwork(List<TensorSpec> inputs, List<TensorSpec> outputs) {
            this(List.of(
                    new Manifest.Cut(Manifest.INPUT_CUT, inputs, widthBytes(inputs)),
                    new Manifest.Cut(Manifest.OUTPUT_CUT, outputs, widthBytes(outputs))));
        }

        @Override
        public Optional<String> manifestName() {
            return Optional.empty();
        }

        @Override
        public String platform() {
            return "onnxruntime_onnx";
        }

        @Override
        public Optional<String> hash() {
            return Optional.empty();
        }

        @Override
        public int fixedBatch() {
            return 0;
        }

        @Override
        public int cutIndex(String cut) {
            List<String> names = new ArrayList<>();
            for (Manifest.Cut candidate : cuts) {
                if (candidate.name().equals(cut)) {
                    return names.size();
                }
                names.add(candidate.name());
            }
            throw new IncompatibleException(
                    "cut: \"" + cut + "\" (expected: one of " + String.join(", ", names) + "), a plain network");
        }

        @Override
        public CutCodec codec(String cut, String codec) {
            List<TensorSpec> tensors = cuts.get(cutIndex(cut)).tensors();
            return switch (codec) {
                case "raw" -> Codecs.raw(tensors);
                case "fp16" -> Codecs.fp16(tensors);
                default ->
                    throw new IncompatibleException(
                            "codec: \"" + codec + "\" (expected: raw or fp16), a plain network");
            };
        }

        /** Bytes for one item, an axis of unknown length counted as 1. */
        private static long widthBytes(List<TensorSpec> specs) {
            long bytes = 0;
            for (TensorSpec spec : specs) {
                long size = spec.dtype().bytes();
                for (long axis : spec.shape()) {
                    size = Math.multiplyExact(size, Math.max(1, axis));
                }
                bytes = Math.addExact(bytes, size);
            }
            return bytes;
        }
    }
}
