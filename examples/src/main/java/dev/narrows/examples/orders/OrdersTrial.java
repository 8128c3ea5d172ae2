package dev.narrows.examples.orders;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.items.ItemReader;
import dev.narrows.wire.bundle.Preprocessing;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells how many of a data set's spoken orders a network understands, as Markdown tables. */
@Command(
        name = "orders.sh trial",
        description = "Tells how many spoken orders of a data set a network understands: by set, class, noise and"
                + " variant of the voice.",
        showDefaultValues = true,
        sortOptions = false)
public final class OrdersTrial implements Callable<Integer> {

    private static final Preprocessing SOUND = new Preprocessing.Audio(Pcm.RATE, 2, 1);
    private static final int BATCH = 50;
    private static final int SNR_STEP = 5;
    private static final String ALL = "all";

    private final PrintStream out;
    private final PrintStream err;

    @Parameters(paramLabel = "DIR", showDefaultValue = Visibility.NEVER, description = "The data set's folder.")
    private Path folder = Path.of("");

    @Option(
            names = "--network",
            paramLabel = "ONNX",
            required = true,
            showDefaultValue = Visibility.NEVER,
            description = "From 2 s of sound to 14 classes.")
    private Path network = Path.of("");

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            showDefaultValue = Visibility.NEVER,
            description = "The names of its classes, a line each (default: labels.txt beside it).")
    private @Nullable Path labels;

    @Option(
            names = "--sets",
            paramLabel = "SET",
            split = ",",
            description = "Folders of the data set.",
            defaultValue = "test,test-noisy,flite,flite-noisy")
    private List<String> sets = List.of();

    @Option(names = "--voices", description = "Adds a table by speakers' variants.")
    private boolean voices;

    @Option(names = "--answers", paramLabel = "CSV", description = "Writes each clip's answer to a file.")
    private @Nullable Path answers;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    private final StringBuilder csv = new StringBuilder("file,label,answer\n");

    OrdersTrial(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new OrdersTrial(System.out, System.err)).execute(arguments));
    }

    @Override
    public Integer call() {
        try {
            List<Manifest.Row> rows = Manifest.parse(Files.readString(folder.resolve(Manifest.FILE)));
            byte[] model = Files.readAllBytes(network);
            List<String> names = Files.readAllLines(labels == null ? network.resolveSibling("labels.txt") : labels);
            try (Session session =
                    Session.open(network.toString(), ByteBuffer.wrap(model), Map.of(), SessionOptions.DEFAULT)) {
                Map<String, Tally> tallies = new LinkedHashMap<>();
                for (String set : sets) {
                    List<Manifest.Row> ofSet =
                            rows.stream().filter(row -> row.split().equals(set)).toList();
                    if (ofSet.isEmpty()) {
                        throw new InvalidException(
                                "set: " + set + " has no clips (expected: a split of \"" + folder + "\")");
                    }
                    tallies.put(set, answer(session, names, ofSet));
                }
                print(tallies);
                if (answers != null) {
                    Files.writeString(answers, csv);
                }
            }
            return CommandLine.ExitCode.OK;
        } catch (NarrowsException e) {
            err.println("orders.sh trial: " + e.getMessage());
        } catch (IOException e) {
            err.println("orders.sh trial: cannot be read: " + e.getMessage());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private Tally answer(Session session, List<String> names, List<Manifest.Row> rows) {
        TensorSpec input = session.inputs().get(0);
        String output = session.outputs().get(0).name();
        ItemReader reader = ItemReader.of(SOUND, input);
        Tally tally = new Tally();
        for (int from = 0; from < rows.size(); from += BATCH) {
            List<Manifest.Row> batch = rows.subList(from, Math.min(rows.size(), from + BATCH));
            List<Tensor> items = new ArrayList<>();
            for (Manifest.Row row : batch) {
                items.add(reader.read(folder.resolve(row.file())));
            }
            Tensor classes =
                    session.run(Map.of(input.name(), Tensor.concat(items))).get(output);
            if (classes == null || classes.rank() != 2 || classes.dim(1) != names.size()) {
                throw new InvalidException("output: " + classes + " (expected: items by " + names.size() + " classes)");
            }
            for (int i = 0; i < batch.size(); i++) {
                String said = names.get(classes.slice(i, i + 1).argmax());
                count(tally, batch.get(i), said);
                csv.append(batch.get(i).file()).append(',').append(batch.get(i).label());
                csv.append(',').append(said).append('\n');
            }
        }
        return tally;
    }

    private static void count(Tally tally, Manifest.Row row, String said) {
        boolean right = said.equals(row.label());
        tally.add(ALL, right);
        tally.add("class " + row.label(), right);
        if (row.snr().isPresent()) {
            int low = SNR_STEP * (int) Math.floor(row.snr().getAsDouble() / SNR_STEP);
            tally.add(String.format(Locale.ROOT, "SNR %2d to %d dB", low, low + SNR_STEP), right);
            tally.add("noise " + row.noise(), right);
        }
        if (!row.speaker().isEmpty()) {
            tally.add("variant " + row.speaker().replaceFirst("^.*[:+]", ""), right);
            tally.add("accent " + row.speaker().replaceFirst("\\+.*$", ""), right);
        }
    }

    private void print(Map<String, Tally> tallies) {
        Set<String> groups = new LinkedHashSet<>();
        groups.add(ALL);
        Phrases.LABELS.forEach(label -> groups.add("class " + label));
        for (String kind : List.of("SNR ", "noise ", "accent ", "variant ")) {
            if (!kind.equals("variant ") || voices) {
                tallies.values()
                        .forEach(tally -> tally.groups().forEach(group -> {
                            if (group.startsWith(kind)) {
                                groups.add(group);
                            }
                        }));
            }
        }
        out.println("| | " + String.join(" | ", tallies.keySet()) + " |");
        out.println("|---|" + "---:|".repeat(tallies.size()));
        for (String group : groups) {
            StringBuilder line = new StringBuilder("| ").append(group).append(" |");
            tallies.values()
                    .forEach(
                            tally -> line.append(' ').append(tally.share(group)).append(" |"));
            out.println(line);
        }
    }
}
