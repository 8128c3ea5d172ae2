package dev.narrows.cli;

import dev.narrows.data.Dataset;
import dev.narrows.data.Kind;
import dev.narrows.data.Modality;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.train.FreeBatch;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.FusedArchitecture;
import dev.narrows.zoo.Head;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The network that a training begins with: that of an ONNX file, or one of the zoo that fits the data. */
final class StudentNetwork {

    private StudentNetwork() {}

    /** @param spec the file, or what the zoo builds */
    static Network of(String spec, Dataset data, long seed) {
        if (Files.exists(Path.of(spec))) {
            return FreeBatch.of(OnnxReader.read(Path.of(spec)));
        }
        Optional<FusedArchitecture> fused = FusedArchitecture.parse(spec);
        Optional<Architecture> single = fused.isPresent() ? Optional.empty() : Optional.of(Architecture.parse(spec));
        List<Head> heads = heads(data);
        if (!(data.kind() instanceof Kind.Several items)) {
            Architecture architecture = single.orElseThrow(() -> new InvalidException(
                    "network: \"" + spec + "\" is of several inputs (expected: of one, as the items "
                            + "are of one modality, which has no name)"));
            return Zoo.build(architecture, shape(data.kind(), data.shape()), heads, seed);
        }
        FusedArchitecture architecture = fused.orElseThrow(() -> new InvalidException("network: \"" + spec
                + "\" is of one input (expected: such as late: NAME=cnn; NAME=mlp for the modalities " + items.names()
                + ")"));
        List<dev.narrows.zoo.Modality> modalities = new ArrayList<>();
        architecture.trunks().forEach((name, trunk) -> {
            Modality modality = items.modality(name);
            modalities.add(new dev.narrows.zoo.Modality(name, trunk, shape(modality.kind(), modality.dims())));
        });
        return Zoo.fuse(architecture.fusion(), modalities, heads, seed);
    }

    private static List<Head> heads(Dataset data) {
        if (data.labels().isEmpty()) {
            throw new InvalidException("classes: unknown without labels (expected: an ONNX file for --network)");
        }
        if (data.labels().size() == 1) {
            return List.of(Head.of(data.labels().get(0).classes().size()));
        }
        return data.labels().stream()
                .map(task -> new Head(task.task(), task.classes().size()))
                .toList();
    }

    private static InputShape shape(Kind kind, long[] dims) {
        if (kind instanceof Kind.Image) {
            return new InputShape.Image((int) dims[0], (int) dims[1], (int) dims[2]);
        }
        if (kind instanceof Kind.Sound sound) {
            return new InputShape.Sound((int) dims[dims.length - 1], sound.rate());
        }
        if (dims.length == 2) {
            return new InputShape.Series((int) dims[0], (int) dims[1]);
        }
        int count = 1;
        for (long length : dims) {
            count = Math.multiplyExact(count, (int) length);
        }
        return new InputShape.Values(count);
    }
}
