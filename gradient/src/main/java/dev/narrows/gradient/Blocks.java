package dev.narrows.gradient;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Channels laid out as blocks of an image's points, and back. */
final class Blocks {

    private Blocks() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("DepthToSpace", Blocks::depthToSpace);
        kernels.put("SpaceToDepth", Blocks::spaceToDepth);
    }

    private static void depthToSpace(Call call) {
        Tensor x = call.input(0); // (batch, channels, height, width)
        long[] shape = x.shape();
        long size = call.integer("blocksize", 1);
        long depth = shape[1] / (size * size);
        String mode = call.text("mode", "DCR");
        Tensor blocks = switch (mode) { // what a channel's number counts: (row, column, depth) or (depth, row, column)
            case "DCR" ->
                x.reshape(shape[0], size, size, depth, shape[2], shape[3]).permute(0, 3, 4, 1, 5, 2);
            case "CRD" ->
                x.reshape(shape[0], depth, size, size, shape[2], shape[3]).permute(0, 1, 4, 2, 5, 3);
            default -> throw call.unsupported("mode: " + mode + " (expected: DCR or CRD)");
        };
        call.output(blocks.reshape(shape[0], depth, shape[2] * size, shape[3] * size));
    }

    private static void spaceToDepth(Call call) {
        Tensor x = call.input(0); // (batch, channels, height, width)
        long[] shape = x.shape();
        long size = call.integer("blocksize", 1);
        Tensor blocks = x.reshape(shape[0], shape[1], shape[2] / size, size, shape[3] / size, size)
                .permute(0, 3, 5, 1, 2, 4);
        call.output(blocks.reshape(shape[0], shape[1] * size * size, shape[2] / size, shape[3] / size));
    }
}
