package dev.narrows.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command that does nothing itself and holds others, such as {@code narrows train}. */
abstract class CommandGroup implements Runnable {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private NarrowsCommand narrows;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Whether results are to be printed as JSON. */
    final boolean json() {
        return narrows.json();
    }

    @Override
    public final void run() {
        throw noCommand(spec);
    }

    /** What is said to those who name none of a command's commands. */
    static ParameterException noCommand(CommandSpec spec) {
        return new ParameterException(
                spec.commandLine(),
                "no command (expected: one of "
                        + String.join(", ", spec.subcommands().keySet()) + ")");
    }
}
