package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a person is told when a command fails: one line and a hint; the trace with {@code --verbose}. */
final class Failures {

    private final Terminal terminal;

    Failures(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A command that was used wrongly. */
    int wrongUse(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        NarrowsCommand options = command.getCommandSpec().root().commandLine().getCommand();
        String hint = "see `" + command.getCommandSpec().qualifiedName() + " --help`";
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            hint = "did you mean `" + String.join("` or `", unmatched.getSuggestions()) + "`? Else " + hint;
        }
        tell(command, options, failure, "Usage", message(failure), hint);
        return CommandLine.ExitCode.USAGE;
    }

    /** A command that was tried and failed. */
    int failed(Throwable failure, CommandLine command) {
        if (failure instanceof WrongUseException wrong) {
            return wrongUse(new ParameterException(command, String.valueOf(wrong.getMessage()), wrong));
        }
        NarrowsCommand options = command.getCommandSpec().root().commandLine().getCommand();
        tell(command, options, failure, stage(failure), message(failure), hint(failure, command));
        return CommandLine.ExitCode.SOFTWARE;
    }

    private void tell(
            CommandLine command, NarrowsCommand options, Throwable failure, String stage, String text, String hint) {
        terminal.out().flush();
        if (options.json()) {
            JsonObject json = new JsonObject();
            json.addProperty("command", command.getCommandSpec().qualifiedName());
            json.addProperty("error", text);
            json.addProperty("stage", stage);
            json.addProperty("hint", hint);
            terminal.err().println(JsonOutput.line(json));
        } else {
            terminal.err().println(command.getCommandSpec().qualifiedName() + ": " + text);
            terminal.err().println("hint: " + hint);
        }
        if (options.verbose()) {
            failure.printStackTrace(terminal.err());
        }
        terminal.err().flush();
    }

    private static String stage(Throwable failure) {
        return failure instanceof NarrowsException
                ? failure.getClass().getSimpleName().replace("Exception", "")
                : failure.getClass().getSimpleName();
    }

    /** In one line, whatever the message holds. */
    private static String message(Throwable failure) {
        Throwable told =
                failure instanceof UncheckedIOException && failure.getCause() != null ? failure.getCause() : failure;
        String text = String.valueOf(told.getMessage());
        if (told instanceof NoSuchFileException missing) {
            text = "no such file: \"" + missing.getFile() + "\"";
        } else if (told instanceof FileAlreadyExistsException there) {
            text = "already there: \"" + there.getFile() + "\"";
        } else if (!(told instanceof NarrowsException || told instanceof ParameterException)) {
            text = told.getClass().getSimpleName() + (told.getMessage() == null ? "" : ": " + text);
        }
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static String hint(Throwable failure, CommandLine command) {
        String help = "see `" + command.getCommandSpec().qualifiedName() + " --help`";
        if (failure instanceof MalformedException) {
            return "is the file complete, and of the kind that the command takes? " + help;
        } else if (failure instanceof InvalidException || failure instanceof UnsupportedException) {
            return help;
        } else if (failure instanceof IncompatibleException) {
            return "do the cuts, the codecs and the bundle belong together? `narrows inspect` shows what is there";
        } else if (failure instanceof UnavailableException && !(failure.getCause() instanceof FileSystemException)) {
            return "does the server run (`narrows serve`), and is its address right?";
        } else if (failure instanceof ExecutionException) {
            return "the runtime failed; --verbose shows where";
        } else if (failure instanceof UnavailableException
                || failure instanceof IOException
                || failure instanceof UncheckedIOException) {
            return "can the file be read or written, and is there space?";
        } else if (failure instanceof OutOfMemoryError) {
            return "give Java more memory: NARROWS_JAVA_OPTS=-Xmx8g";
        }
        return "this is a defect of narrows; --verbose shows where it happened, please report it";
    }
}
