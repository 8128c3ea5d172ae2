package dev.narrows.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows shrink report}. */
@Command(
        name = "report",
        description = {
            "Draw accuracy by compression ratio for several methods, as a page with pictures and tables.",
            "",
            "Reads CSV files with the columns network,method,seed,ratio,accuracy,baseline: the accuracy of the pruned network "
                    + "and of the one it was made of, 0 to 1, a line for each method, seed and ratio. Other CSV files "
                    + "of the directories are left out."
        },
        footer = {"  narrows shrink report curves/ -o report.html"})
final class ShrinkReportCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ShrinkCommand shrink;

    @Parameters(arity = "1..*", paramLabel = "DIR|FILE", description = "Curves, or directories that hold them.")
    @SuppressWarnings("NullAway.Init")
    private List<Path> places;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The page to write.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    ShrinkReportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Map<String, PruningCurves> networks = PruningCurves.read(places);
        HtmlPage page = new HtmlPage(
                "Accuracy by compression ratio",
                "The compression ratio is all parameters by those that are left (Blalock et al. 2020). Mean and standard "
                        + "deviation over seeds.");
        networks.values().forEach(curves -> curves.show(page));
        Files.writeString(output, page.html());
        if (shrink.json()) {
            terminal.out().println(JsonOutput.document(PruningCurves.json(networks, output)));
        } else {
            networks.forEach((name, curves) -> {
                terminal.out().println(name);
                curves.table().print(terminal.out());
                terminal.out().println();
            });
            terminal.out().println("written: " + output);
        }
        return 0;
    }
}
