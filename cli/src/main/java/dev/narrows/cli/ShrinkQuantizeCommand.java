package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.shrink.Evidence;
import dev.narrows.shrink.Fusing;
import dev.narrows.shrink.Kernels;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code narrows shrink quantize}. */
@Command(
        name = "quantize",
        description = {
            "Let a network compute with bytes in place of floats (static INT8), or hold its numbers in fewer bits (--to).",
            "",
            "Fuses the network, runs it on training items to see how large its activations are, and writes the grids into "
                    + "it as QuantizeLinear and DequantizeLinear, which the runtime turns into kernels on bytes; that it does "
                    + "is checked by its profiler. Of several ways the one with the least noise is taken, and layers that lose "
                    + "too much stay in float32; which and why is shown. With --fine-tune the weights then learn to live "
                    + "with the steps of their grids, from the labels and from the network's answers before.",
            "",
            "--to int8-dynamic needs no calibration: matrix products and LSTMs find the range of their input in every run. "
                    + "--to float16, bfloat16, float8-e4m3, float8-e5m2, int4 and int2 make the file smaller and leave the "
                    + "speed as it is: the runtime brings the weights back to float32 when it loads the network; only products "
                    + "of a row with a large matrix run on 4 or 2 bits as they are, and faster."
        },
        footer = {
            "  narrows shrink quantize model.onnx --data photos/ --size 96 -o int8.onnx",
            "  narrows shrink quantize model.onnx --data cifar10 --calibration mse --target-error 0.02 -o int8.onnx",
            "  narrows shrink quantize model.onnx --data speech/ --seconds 2 --keep 'Conv_0|logits' -o int8.onnx",
            "  narrows shrink quantize model.onnx --data photos/ --size 96 --fine-tune 3 -o int8.onnx",
            "  narrows shrink quantize model.onnx --data photos/ --size 96 --to float16 -o half.onnx",
            "  narrows shrink quantize model.onnx --to int4 --group 64 --keep frontend -o int4.onnx",
            "  narrows shrink quantize model.onnx --data photos/ --size 96 --to int4 --rounding descent -o int4.onnx",
            "",
            "Weights of 8 bits overflow in the sums of x86 processors with AVX2 and without VNNI; --weight-bits auto tries "
                    + "both here and takes 7 where that answers better."
        })
final class ShrinkQuantizeCommand implements Callable<Integer> {

    private static final int CALIBRATION_ITEMS = 200;
    private static final int PROFILED_RUNS = 3;
    private static final String OPTIMIZER = "adamw:rate=0.0002,decay=0"; // little is lost, so little is to be moved

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    @Mixin
    private final ShrinkRun run = new ShrinkRun();

    @Mixin
    private final Int8Search search = new Int8Search();

    @Mixin
    private final QuantizeFormat format = new QuantizeFormat();

    @Mixin
    private final FineTuneOptions tuning = new FineTuneOptions(OPTIMIZER);

    @Option(
            names = "--calibrate",
            paramLabel = "N",
            description = "Training items to see activations on (default: " + CALIBRATION_ITEMS + ").")
    private int calibrate = CALIBRATION_ITEMS;

    @Option(names = "--keep", paramLabel = "REGEX", description = "Leave layers whose name has this in it in float32.")
    private @Nullable String keep;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    ShrinkQuantizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Predicate<Node> wanted = ShrinkRun.unless(keep);
        search.check();
        int epochs = tuning.epochs(0);
        format.check(spec.commandLine().getParseResult()::hasMatchedOption);
        tuning.check(epochs > 0, "--fine-tune EPOCHS");
        if (calibrate < 1) {
            throw new WrongUseException("--calibrate: " + calibrate + " (expected: 1 or more)");
        }
        run.open();
        run.requireFloat32();
        if (!format.isStatic()) {
            RoundingSearch rounding = new RoundingSearch(terminal, run, search.rounding(), calibrate);
            return format.run(terminal, shrink.json(), run, wanted, search.weightBits(), rounding);
        }
        Optional<Int8Teaching> teaching =
                epochs == 0 ? Optional.empty() : Optional.of(new Int8Teaching(terminal, shrink.json(), run, tuning));
        Evidence evidence = run.evidence();
        List<Map<String, Tensor>> items = run.trainingItems(calibrate);
        Network fused = terminal.waiting("fusing", () -> Fusing.fused(run.network(), run.shapes(), items));
        teaching.ifPresent(one -> one.require(fused));
        run.wantFaster();
        JsonObject details = new JsonObject();
        Int8Search.Found found = search.quantized(terminal, shrink.json(), run, fused, items, wanted, details);
        Network quantized = found.network();
        if (teaching.isPresent()) {
            if (run.wouldBeRefusedAsSlower(terminal, quantized, evidence)) { // other integers take the same time
                run.note("nothing was taught: the network is slower than it may be");
            } else {
                quantized = teaching.get().taught(found, details);
            }
        }
        Kernels kernels = Kernels.of(quantized, evidence.items().get(0), PROFILED_RUNS);
        details.addProperty("integer_kernels", kernels.integerLayers());
        details.addProperty("float_kernels", kernels.floatLayers());
        if (!shrink.json()) {
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%d of %d layers ran on bytes, %d on floats",
                            kernels.integerLayers(),
                            kernels.integerLayers() + kernels.floatLayers(),
                            kernels.floatLayers()));
            terminal.out().println();
        }
        return run.finish(terminal, shrink.json(), quantized, evidence, details);
    }
}
