package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.Widening;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.wire.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows inspect}. */
@Command(
        name = "inspect",
        description = {
            "Show what a network costs and where it can be cut, or what a bundle holds.",
            "",
            "A cut is a set of tensors that separates the inputs from the outputs; its width is their bytes for one "
                    + "item. Good cuts are narrow, lie early (few MACs upstream) and between the groups of operators "
                    + "that the runtime fuses."
        },
        footer = {
            "  narrows inspect examples/barista/barista.onnx",
            "  narrows inspect model.onnx --shape input=1,3,224,224 --all --plot cuts.svg",
            "  narrows inspect model.onnx --json | jq '.cuts[] | select(.width_bytes < 4096) | .cut'",
            "  narrows inspect barista.narrows"
        })
final class InspectCommand implements Callable<Integer> {

    private static final int DEFAULT_ROWS = 20;

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private NarrowsCommand narrows;

    @Parameters(paramLabel = "MODEL", description = "An ONNX file, or a bundle.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Option(names = "--all", description = "List every cut, not only the " + DEFAULT_ROWS + " best.")
    private boolean all;

    @Option(names = "--plot", paramLabel = "FILE", description = "Draw width against MACs; FILE ends in .svg or .png.")
    private @Nullable Path plot;

    @Option(
            names = "--max-tensors",
            paramLabel = "N",
            description = "The most tensors a cut may have (default: " + Cuts.DEFAULT_MAX_TENSORS + ").")
    private int maxTensors = Cuts.DEFAULT_MAX_TENSORS;

    @Mixin
    private final NetworkOptions networkOptions = new NetworkOptions();

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (ModelFiles.isBundle(model)) {
            Bundle bundle = Bundle.read(model);
            if (narrows.json()) {
                terminal.out().println(JsonOutput.document(BundleView.json(bundle)));
            } else {
                BundleView.print(terminal.out(), bundle);
            }
            return 0;
        }
        Optional.ofNullable(plot).ifPresent(Picture::check);
        Network given = networkOptions.prepared(OnnxReader.read(model));
        Network network = Widening.toFloat32IfHalf(given);
        Inspection inspection = terminal.waiting(
                "inspecting " + model,
                () -> Inspection.of(network, NetworkShapes.infer(network, networkOptions.of(network)), maxTensors));
        if (plot != null) {
            CutPlot.write(plot, String.valueOf(model.getFileName()), inspection);
        }
        if (narrows.json()) {
            JsonObject json = InspectionJson.of(model.toString(), inspection);
            json.addProperty("widened_from_float16", Widening.isWidened(given, network));
            Optional.ofNullable(plot).ifPresent(file -> json.addProperty("plot", file.toString()));
            terminal.out().println(JsonOutput.document(json));
        } else {
            InspectionText.print(terminal.out(), model.toString(), inspection, all, DEFAULT_ROWS);
            if (Widening.isWidened(given, network)) {
                terminal.out().println("note: a float16 network, shown in float32 as `split` and `pack` cut it");
            }
            Optional.ofNullable(plot).ifPresent(file -> terminal.out().println("plot: " + file));
        }
        return 0;
    }
}
