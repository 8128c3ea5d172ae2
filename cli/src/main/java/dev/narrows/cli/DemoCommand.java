package dev.narrows.cli;

import dev.narrows.emulator.LinkPresets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code narrows demo}: the talking coffee machine, under every scenario. */
@Command(
        name = "demo",
        description = {
            "Run the talking coffee machine on a device, in the cloud, and cut between the two.",
            "Starts a server in a process of its own, puts an emulated link between, slows the device, and runs all"
                    + " clips under every scenario. Prints one table; writes a page, pictures and data."
        },
        footer = {
            "  narrows demo                          over LTE: 5.85 Mbit/s up, 60 ms round trip",
            "  narrows demo --link wifi              another one: 3g, lte, wifi, 5g",
            "  narrows demo --link 2/10/80ms         2 Mbit/s up, 10 down, 80 ms round trip",
            "  narrows demo --slowdown 200           a much slower device",
            "  narrows demo --check                  fail unless predictions, bytes and offline answers are right"
        })
final class DemoCommand implements Callable<Integer> {

    private final Terminal terminal;

    @picocli.CommandLine.ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private NarrowsCommand narrows;

    @Option(
            names = "--link",
            paramLabel = "LINK",
            defaultValue = LinkPresets.DEFAULT,
            description = "3g, lte, wifi, 5g, or UP/DOWN/ROUNDTRIP such as 5.85/20/60ms, in Mbit/s (default:"
                    + " ${DEFAULT-VALUE}).")
    private String link = LinkPresets.DEFAULT;

    @Option(
            names = "--slowdown",
            paramLabel = "FACTOR",
            defaultValue = "8",
            description = "How many times slower than this machine the device is made (default: ${DEFAULT-VALUE}).")
    private double slowdown;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            defaultValue = "300ms",
            converter = DurationConverter.class,
            description = "When an answer is due, where the device may step in (default: ${DEFAULT-VALUE}).")
    private Duration deadline = Duration.ofMillis(300);

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Where the page, the pictures and the data go (default: target/demo).")
    @Nullable
    private Path output;

    @Option(names = "--seed", defaultValue = "1", description = "Of the link's jitter and loss (default: 1).")
    private long seed;

    @Option(names = "--check", description = "Fail unless what the demo shows is right. Times are not checked.")
    private boolean check;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Path root = Path.of(System.getProperty("narrows.home", "")).toAbsolutePath();
        Demo.Settings settings = new Demo.Settings(
                Demo.barista(root),
                Optional.ofNullable(output).orElse(root.resolve("target").resolve("demo")),
                link,
                LinkPresets.of(link),
                slowdown,
                deadline,
                seed);
        Demo.Report report;
        try (Progress progress = terminal.progress("orders", Demo.orders())) {
            report = new Demo(settings).run(progress::step);
        }
        List<String> failures = check ? DemoCheck.failures(report.results(), Demo.BOTTLENECK) : List.of();
        if (narrows.json()) {
            terminal.out().println(report.json());
        } else {
            print(report, settings.output());
        }
        failures.forEach(failure -> terminal.err().println("narrows demo --check: " + failure));
        if (check && failures.isEmpty() && !narrows.json()) {
            terminal.out().println("Checked: predictions, bytes and answers while offline are as they must be.");
        }
        return failures.isEmpty() ? 0 : 1;
    }

    private void print(Demo.Report report, Path directory) {
        DemoTable.of(report.results()).print(terminal.out());
        terminal.out().println();
        report.settings().forEach((name, value) -> terminal.out().println(name + ": " + value));
        terminal.out().println();
        terminal.out().println("The page with pictures: " + directory.resolve(Demo.Report.PAGE));
    }
}
