package dev.narrows.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code narrows}: holds what every command has, and the commands. */
@Command(
        name = "narrows",
        description = "One neural network on two machines: measured, cut, coded, served.",
        synopsisSubcommandLabel = "COMMAND",
        parameterListHeading = "%nParameters:%n",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpAutoWidth = false,
        usageHelpWidth = 110,
        footerHeading = "%nExamples:%n",
        footer = {
            "  narrows inspect model.onnx                       where can this network be cut, and how wide is it there?",
            "  narrows split model.onnx --at code -o parts      two ONNX files that together are the network",
            "  narrows pack model.onnx --at code -o m.narrows   a bundle for device and cloud",
            "  narrows serve models/ --port 8700                the cloud's part",
            "  narrows run m.narrows --cloud http://localhost:8700 --input clips/   the device's part",
            "  narrows demo                                     all of it, with a talking coffee machine",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong use."
        })
final class NarrowsCommand implements Runnable {

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            order = 100,
            description = "Print results (and errors) as JSON.")
    private boolean json;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            order = 101,
            description = "Print the stack trace when something fails.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            order = 102,
            description = "Show this help.")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            scope = ScopeType.INHERIT,
            order = 103,
            description = "Show the version.")
    @SuppressWarnings("unused") // picocli reads it
    private boolean version;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    boolean json() {
        return json;
    }

    boolean verbose() {
        return verbose;
    }

    /** The whole command line, ready to execute. */
    static CommandLine commandLine(Terminal terminal) {
        CommandLine line = new CommandLine(new NarrowsCommand());
        subcommands(line, terminal);
        Failures failures = new Failures(terminal);
        line.setOut(terminal.out());
        line.setErr(terminal.err());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        line.setParameterExceptionHandler((failure, arguments) -> failures.wrongUse(failure));
        line.setExecutionExceptionHandler((failure, command, result) -> failures.failed(failure, command));
        line.setExecutionStrategy(result -> execute(result, failures));
        return line;
    }

    /** The commands, in the order in which help shows them. */
    private static void subcommands(CommandLine line, Terminal terminal) {
        line.addSubcommand(new InspectCommand(terminal));
        line.addSubcommand(new SplitCommand(terminal));
        line.addSubcommand(new PackCommand(terminal));
        line.addSubcommand(ShrinkCommand.commandLine(terminal));
        line.addSubcommand(TrainCommand.commandLine(terminal));
        line.addSubcommand(new ServeCommand(terminal));
        line.addSubcommand(new RunCommand(terminal));
        line.addSubcommand(new DemoCommand(terminal));
        line.addSubcommand(new CompletionsCommand(terminal));
    }

    private static int execute(CommandLine.ParseResult result, Failures failures) {
        try {
            return new CommandLine.RunLast().execute(result);
        } catch (OutOfMemoryError | StackOverflowError e) {
            List<CommandLine> commands = result.asCommandLineList();
            return failures.failed(e, commands.get(commands.size() - 1));
        }
    }

    @Override
    public void run() {
        throw CommandGroup.noCommand(spec);
    }
}
