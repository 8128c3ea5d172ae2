package dev.narrows.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code narrows completions}. */
@Command(
        name = "completions",
        description = "Print a script that completes commands and options in bash and zsh.",
        footer = {
            "  source <(narrows completions)        for this shell",
            "  narrows completions > ~/.local/share/bash-completion/completions/narrows"
        })
final class CompletionsCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    CompletionsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().print(AutoComplete.bash("narrows", spec.root().commandLine()));
        return 0;
    }
}
