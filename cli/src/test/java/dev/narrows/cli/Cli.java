package dev.narrows.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Runs command lines as a process would, without one. */
final class Cli {

    private Cli() {}

    /** What came of a command line. */
    record Result(int code, String out, String err) {

        List<String> errLines() {
            return err.lines().toList();
        }
    }

    static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(terminal(out, err), arguments);
        return new Result(code, out.toString(), err.toString());
    }

    static Terminal terminal(StringWriter out, StringWriter err) {
        return new Terminal(new PrintWriter(out), new PrintWriter(err), false, System::nanoTime);
    }
}
