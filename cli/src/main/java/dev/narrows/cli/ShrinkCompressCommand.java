package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.shrink.CompressedNetwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows shrink compress}. */
@Command(
        name = "compress",
        description = {
            "Write a network as a download: without loss, small where weights are pruned or shared.",
            "",
            "The file (.nrz, docs/compressed.md) holds the graph and the tensors, entropy-coded in the context of their "
                    + "neighbours; `narrows shrink expand` makes an ONNX file of it again, with every weight bit by bit, as "
                    + "Narrows writes it, and checks its SHA-256."
        },
        footer = {
            "  narrows shrink compress small.onnx -o model.nrz",
            "  narrows shrink compress small.onnx --against model.onnx -o model.nrz    times smaller than model.onnx"
        })
final class ShrinkCompressCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The file to write, usually .nrz.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Option(
            names = "--against",
            paramLabel = "FILE",
            description = "The ONNX file that the network was made of, to say how many times smaller the download is "
                    + "(default: MODEL).")
    private @Nullable Path original;

    ShrinkCompressCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        new OutputFile(output).check(model);
        Network network = OnnxReader.read(model);
        Optional<Network> against = Optional.ofNullable(original).map(OnnxReader::read);
        CompressedNetwork compressed;
        try (Progress progress = terminal.progress(
                "compressing", CompressedNetwork.coded(network).size())) {
            compressed = CompressedNetwork.of(network, progress::step);
        }
        long originalBytes =
                against.map(of -> (long) OnnxWriter.write(of).remaining()).orElse(compressed.onnxBytes());
        new OutputFile(output).write(ByteBuffer.wrap(compressed.bytes()));
        if (shrink.json()) {
            terminal.out().println(JsonOutput.document(json(compressed, originalBytes)));
        } else {
            print(compressed, originalBytes);
        }
        return 0;
    }

    private JsonObject json(CompressedNetwork compressed, long originalBytes) {
        JsonObject report = new JsonObject();
        report.addProperty("onnx_bytes", compressed.onnxBytes());
        report.addProperty("deflate_bytes", compressed.deflatedBytes());
        report.addProperty("nrz_bytes", compressed.length());
        report.addProperty("original_bytes", originalBytes);
        report.addProperty("times_smaller", (double) originalBytes / compressed.length());
        JsonArray tensors = new JsonArray();
        for (CompressedNetwork.Part part : compressed.parts()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("tensor", part.tensor().name());
            entry.addProperty("weights", part.tensor().elements());
            entry.addProperty("not_zero", part.nonZeros());
            if (part.values().isPresent()) {
                entry.addProperty("different_values", part.values().getAsInt());
            }
            entry.addProperty("kind", part.kind().toString());
            entry.addProperty("bytes", part.codeBytes());
            entry.addProperty("bits_per_weight_before", part.tensor().type().bits());
            entry.addProperty("bits_per_weight_after", part.bitsPerWeight());
            tensors.add(entry);
        }
        report.add("tensors", tensors);
        report.addProperty("output", output.toString());
        return report;
    }

    private void print(CompressedNetwork compressed, long originalBytes) {
        Table table = new Table(
                "tensor", ">weights", ">not 0", ">values", "kind", ">bytes", ">bits a weight before", ">after");
        long rest = compressed.length();
        for (CompressedNetwork.Part part : compressed.parts()) {
            rest -= part.codeBytes();
            ElementType type = part.tensor().type();
            table.row(
                    part.tensor().name(),
                    Quantity.count(part.tensor().elements()),
                    Quantity.count(part.nonZeros()),
                    part.values().isPresent() ? String.valueOf(part.values().getAsInt()) : "many",
                    part.kind().toString(),
                    Quantity.bytes(part.codeBytes()),
                    String.valueOf(type.bits()),
                    String.format(Locale.ROOT, "%.2f", part.bitsPerWeight()));
        }
        table.row("the graph, small tensors", "", "", "", "", Quantity.bytes(rest), "", "");
        table.print(terminal.out());
        terminal.out().println();
        terminal.out()
                .println(String.format(
                        Locale.ROOT,
                        "%s: as ONNX %s, behind deflate %s, compressed %s: %s times smaller than %s",
                        model.getFileName(),
                        Quantity.bytes(compressed.onnxBytes()),
                        Quantity.bytes(compressed.deflatedBytes()),
                        Quantity.bytes(compressed.length()),
                        Quantity.plain((double) originalBytes / compressed.length()),
                        original == null ? "as ONNX" : original + " (" + Quantity.bytes(originalBytes) + ")"));
        terminal.out().println("written: " + output);
    }
}
